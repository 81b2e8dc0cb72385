# An index over instruments and waves: svycontrast on designs that are stacked, apart and with shared blocks.
source("../common.R")
data <- read.csv("../city_shops/data.csv", na.strings = "", stringsAsFactors = FALSE, colClasses = c(satisfied = "character"))
data$yes <- 100 * (data$satisfied %in% c("1", "2"))
data$score <- 100 * data$visits / (1 + data$visits)
weights <- c(a = 0.4, b = 0.3, c = 0.3)
# Three instruments: the streets of two communities each, so that nothing is shared.
data$wave <- c("a", "b", "c")[as.integer(factor(data$community)) %% 3 + 1]
apart <- svydesign(ids = ~block, strata = ~community, weights = ~weight, data = data)
# Three waves in the same blocks: the shops of every block are dealt out, strata and blocks are those of all.
data$wave2 <- c("a", "b", "c")[ave(seq_len(nrow(data)), data$block, FUN = seq_along) %% 3 + 1]
shared <- svydesign(ids = ~block, strata = ~community, weights = ~weight, data = data)

of <- function(des, column, variable) {
  means <- svyby(reformulate(variable), reformulate(column), des, svymean, covmat = TRUE)
  for (one in names(weights)) {
    keep(case = column, variable = variable, part = one, weight = weights[[one]], value = as.numeric(coef(means)[one]),
         standard_error = as.numeric(SE(means))[match(one, names(coef(means)))])
  }
  whole <- svycontrast(means, list(index = weights))
  keep(case = column, variable = variable, part = "index", weight = 1, value = as.numeric(coef(whole)),
       standard_error = as.numeric(SE(whole)))
}
for (variable in c("yes", "score")) { of(apart, "wave", variable); of(shared, "wave2", variable) }
finish()
