# A wave: two stages, nonresponse classes, and calibration to the adults of every community and age x sex of the city.
# Standard errors in every domain, one by one: svyby(covmat = TRUE) of survey 4.1-1 fails on calibrated designs.
source("../common.R")
cases <- read()
known <- read.csv("register.csv", stringsAsFactors = FALSE)
total <- function(variable) { rows <- known[known$variable == variable, ]; setNames(rows$adults, rows$category) }

# Respondents carry the weight of those of their class who did not answer.
class <- paste(cases$street, cases$housing)
answered <- cases$answered == 1
factor_of_class <- tapply(cases$weight, class, sum) / tapply(cases$weight * answered, class, sum)
cases$adjusted <- cases$weight * as.numeric(factor_of_class[class]) * answered
data <- cases[answered, ]
data$age_sex <- factor(paste(data$age, data$sex, sep = "*"))
data$community <- factor(data$community)
data$scored <- !is.na(data$score); data$score[!data$scored] <- 0  # outside a domain the residual counts: not NA
data$endless <- Inf

people <- sum(total("community"))
population <- c(`(Intercept)` = people,
                setNames(total("community")[levels(data$community)][-1], paste0("community", levels(data$community)[-1])),
                setNames(total("age*sex")[levels(data$age_sex)][-1], paste0("age_sex", levels(data$age_sex)[-1])))
designs <- list(
  both_stages = svydesign(ids = ~grid + household, strata = ~community, weights = ~adjusted, fpc = ~grids + households,
                          data = data),
  first_stage = svydesign(ids = ~grid + household, strata = ~community, weights = ~adjusted, fpc = ~grids + endless,
                          data = data),
  with_replacement = svydesign(ids = ~grid, strata = ~community, weights = ~adjusted, data = data))
tight <- function(...) calibrate(..., epsilon = 1e-13, maxit = 200)
methods <- list(linear = function(d) calibrate(d, ~community + age_sex, population),
                raking = function(d) tight(d, ~community + age_sex, population, calfun = "raking"))

say <- function(design, method, domain, statistic, variable, estimate) {
  keep(design = design, method = method, domain = domain, statistic = statistic, variable = variable,
       value = as.numeric(coef(estimate))[1], standard_error = as.numeric(SE(estimate))[1])
}
each <- function(...) {
  keys <- unique(data[, c(...), drop = FALSE])
  lapply(seq_len(nrow(keys)), function(row) lapply(keys[row, , drop = FALSE], as.character))
}
domains <- c(list(setNames(list(), character())), each("street"), each("community"), each("age"), each("sex"),
             each("age", "sex"), each("street", "age"))
all_weights <- list()
for (m in names(methods)) {
  for (n in names(designs)) {
    d <- methods[[m]](designs[[n]])
    if (n == "both_stages") all_weights[[m]] <- as.numeric(weights(d))  # the design does not change the weights
    for (g in domains) {
      keeps <- rep(TRUE, nrow(data))
      for (column in names(g)) keeps <- keeps & as.character(data[[column]]) == g[[column]]
      s <- subset(d, keeps)
      say(n, m, g, "mean", "satisfied", svymean(~satisfied, s))
      say(n, m, g, "mean", "score", svymean(~score, subset(s, scored)))
      say(n, m, g, "total", "spending", svytotal(~spending, s))
      say(n, m, g, "ratio", "spending/persons", svyratio(~spending, ~persons, s))
    }
  }
}
made <- list(made_with = list(R = as.character(getRversion()), survey = as.character(packageVersion("survey"))),
             adjusted = data$adjusted, weights = all_weights, records = records)
write(toJSON(made, auto_unbox = TRUE, digits = NA, null = "null", na = "null", pretty = FALSE), "expected.json")
