# A wave whose list knows no adults: household weights, nonresponse by grid, then the adults that households told. Who
# did not tell counts with the lower median of the community. One adult of several answers, so that households take no
# finite population correction, and every grid has a household of several.
source("../common.R")
cases <- read()
answered <- cases$answered == 1
weight <- 1 / cases$probability
carried <- tapply(weight, cases$grid, sum) / tapply(weight * answered, cases$grid, sum)
data <- cases[answered, ]
data$adjusted <- weight[answered] * as.numeric(carried[data$grid])
lower <- function(x) { x <- sort(x); x[(length(x) + 1) %/% 2] }
usual <- tapply(data$adults, data$community, lower)
data$within <- ifelse(is.na(data$adults), as.numeric(usual[data$community]), data$adults)
stopifnot(all(tapply(data$within > 1, data$grid, any)))
data$w <- data$adjusted * data$within
design <- svydesign(ids = ~household, strata = ~grid, weights = ~w, data = data)
one <- function(domain, d) {
  m <- svymean(~satisfied, d)
  keep(domain = domain, value = as.numeric(coef(m)), standard_error = as.numeric(SE(m)))
}
one("", design)
for (c in sort(unique(data$community))) one(c, subset(design, community == c))
made <- list(made_with = list(R = as.character(getRversion()), survey = as.character(packageVersion("survey"))),
             weights = data$w, records = records)
write(toJSON(made, auto_unbox = TRUE, digits = NA, null = "null", na = "null", pretty = FALSE), "expected.json")
