# Calibration: weights of every row, and estimates with their standard errors, whole and in domains.
source("../common.R")
data <- read()
known <- read.csv("margins.csv", stringsAsFactors = FALSE)
total <- function(variable) { rows <- known[known$variable == variable, ]; setNames(rows$total, rows$category) }
data$age <- factor(data$age); data$street <- factor(data$street); data$community <- factor(data$community)
people <- sum(total("age"))
main <- c(`(Intercept)` = people, setNames(total("age")[-1], paste0("age", names(total("age"))[-1])),
          setNames(total("street")[-1], paste0("street", names(total("street"))[-1])))
crossed <- known[known$variable == "community*age", ]
inside <- setNames(crossed$total, sapply(strsplit(crossed$category, "*", fixed = TRUE),
                                         function(k) paste0("community", k[1], ":age", k[2])))
cells <- known[known$variable == "street*age", ]
post <- data.frame(do.call(rbind, strsplit(cells$category, "*", fixed = TRUE)), Freq = cells$total)
names(post) <- c("street", "age", "Freq")

# Outside a domain the residual counts, so a missing answer there must not be NA; it is never inside one.
data$scored <- !is.na(data$score); data$score[!data$scored] <- 0
data$told <- !is.na(data$takes_part); data$takes_part[!data$told] <- 0

designs <- list(
  clusters = svydesign(ids = ~grid, strata = ~community, weights = ~weight, data = data),
  two_stage = svydesign(ids = ~grid + household, strata = ~community, weights = ~weight, fpc = ~grids + households,
                        data = data),
  elements = svydesign(ids = ~1, strata = ~street, weights = ~weight, data = data))
tight <- function(...) calibrate(..., epsilon = 1e-13, maxit = 200)
methods <- list(
  linear = function(d) calibrate(d, ~age + street, main),
  linear_quantity = function(d) calibrate(d, ~age + street + persons, c(main, persons = unname(total("persons")))),
  linear_bounded = function(d) tight(d, ~age + street + persons, c(main, persons = unname(total("persons"))),
                                     bounds = c(0.85, 1.35), calfun = "linear"),
  raking = function(d) tight(d, ~age + street, main, calfun = "raking"),
  raking_quantity = function(d) tight(d, ~age + street + persons, c(main, persons = unname(total("persons"))),
                                      calfun = "raking"),
  logit = function(d) tight(d, ~age + street, main, calfun = "logit", bounds = c(0.5, 2)),
  logit_quantity = function(d) tight(d, ~age + street + persons, c(main, persons = unname(total("persons"))),
                                     calfun = "logit", bounds = c(0.7, 1.6)),
  raking_within = function(d) tight(d, ~community:age - 1, inside[colnames(model.matrix(~community:age - 1, data))],
                                    calfun = "raking"),
  poststratify = function(d) postStratify(d, ~street + age, post),
  rake = function(d) rake(d, list(~age, ~community),
                          list(data.frame(age = names(total("age")), Freq = total("age")),
                               data.frame(community = names(total("community")), Freq = total("community"))),
                          control = list(epsilon = 1e-12, maxit = 500)))

say <- function(design, method, domain, statistic, variable, estimate) {
  keep(design = design, method = method, domain = domain, statistic = statistic, variable = variable,
       value = as.numeric(coef(estimate))[1], standard_error = as.numeric(SE(estimate))[1])
}
all_weights <- list()
for (m in names(methods)) {
  for (n in names(designs)) {
    d <- methods[[m]](designs[[n]])
    if (n == "clusters") all_weights[[m]] <- as.numeric(weights(d))  # the design does not change the weights
    if (m == "rake") next  # its standard errors use unweighted cell means: only the weights are followed
    groups <- c(list(setNames(list(), character())),
                lapply(c("S0", "S1", "S2"), function(s) list(street = s)),
                lapply(levels(data$age), function(a) list(age = a)),
                lapply(c("C00", "C05"), function(k) list(community = k)),
                lapply(c("0", "1"), function(a) list(aware = a)))
    for (g in groups) {
      keeps <- rep(TRUE, nrow(data))
      for (column in names(g)) keeps <- keeps & as.character(data[[column]]) == g[[column]]
      s <- subset(d, keeps)
      say(n, m, g, "mean", "spending", svymean(~spending, s))
      say(n, m, g, "mean", "score", svymean(~score, subset(s, scored)))
      say(n, m, g, "total", "spending", svytotal(~spending, s))
      say(n, m, g, "proportion", "rare", svymean(~rare, s))
      say(n, m, g, "proportion", "takes_part", svymean(~takes_part, subset(s, told)))
      say(n, m, g, "ratio", "spending/persons", svyratio(~spending, ~persons, s))
    }
  }
}
# The same by replicates: each leaves a grid out and is calibrated anew.
calibrated_records <- records
records <- list()
fpc <- svydesign(ids = ~grid, strata = ~community, weights = ~weight, fpc = ~grids, data = data)
for (n in c("clusters", "clusters_fpc")) {
  jackknife <- as.svrepdesign(if (n == "clusters") designs$clusters else fpc, type = "JKn", compress = FALSE)
  redone <- list(
    linear = calibrate(jackknife, ~age + street, main, compress = FALSE),
    raking = calibrate(jackknife, ~age + street, main, compress = FALSE, calfun = "raking", epsilon = 1e-13, maxit = 200),
    logit = calibrate(jackknife, ~age + street, main, compress = FALSE, calfun = "logit", bounds = c(0.3, 3), epsilon = 1e-13, maxit = 200))
  for (m in names(redone)) {
    d <- redone[[m]]
    for (g in c(list(setNames(list(), character())), lapply(c("S0", "S1", "S2"), function(s) list(street = s)))) {
      s <- if (length(g)) subset(d, data$street == g$street) else d
      say(n, m, g, "mean", "spending", svymean(~spending, s))
      say(n, m, g, "total", "spending", svytotal(~spending, s))
      say(n, m, g, "proportion", "rare", svymean(~rare, s))
      say(n, m, g, "ratio", "spending/persons", svyratio(~spending, ~persons, s))
    }
  }
}
made <- list(made_with = list(R = as.character(getRversion()), survey = as.character(packageVersion("survey"))),
             weights = all_weights, records = calibrated_records, replicates = records)
write(toJSON(made, auto_unbox = TRUE, digits = NA, null = "null", na = "null", pretty = FALSE), "expected.json")
