source("../common.R")
# One adult per household: households have a finite population correction in communities where every adult of every
# household was asked, and none (a population of Inf) where anybody's was not.
data <- read()
asked <- ave(data$weight, data$household, FUN = length)
partly <- ave(asked < data$adults, data$community, FUN = any) > 0
data$drawn_from <- ifelse(partly, Inf, data$households)
des <- svydesign(ids = ~household, strata = ~community, weights = ~weight, fpc = ~drawn_from, data = data)
without <- svydesign(ids = ~household, strata = ~community, weights = ~weight, data = data)
battery(des, without, by = c("age", "street", "community"), methods = c("beta", "logit", "wald", "arcsine"))
finish()
