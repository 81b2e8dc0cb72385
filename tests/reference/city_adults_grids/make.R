source("../common.R")
# Grids, then households, then one adult per household: the households of a grid have a finite population correction where
# every adult of every household was asked, and none (a population of Inf) where anybody's was not; grids keep theirs.
data <- read()
asked <- ave(data$weight, data$household, FUN = length)
partly <- ave(asked < data$adults, data$grid, FUN = any) > 0
data$drawn_from <- ifelse(partly, Inf, data$households)
des <- svydesign(ids = ~grid + household, strata = ~community, weights = ~weight, fpc = ~grids + drawn_from, data = data)
without <- svydesign(ids = ~grid, strata = ~community, weights = ~weight, data = data)
battery(des, without, by = c("age", "street", "community"), methods = c("beta", "logit", "wald", "arcsine"))
finish()
