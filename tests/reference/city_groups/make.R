# Groups against the rest, tests and regressions after calibration, on the second wave of city_change and its register.
source("../common.R")
data <- read.csv("../city_change/data.csv", na.strings = "", stringsAsFactors = FALSE)
known <- read.csv("../city_change/register.csv", stringsAsFactors = FALSE)
data <- data[data$wave == "2026Q3", ]; known <- known[known$wave == "2026Q3", ]
data$community <- factor(data$community); data$age_sex <- factor(paste(data$age, data$sex, sep = "*"))
data$rank <- as.numeric(factor(data$age)); data$household <- ifelse(data$adults == 1, "one", "more")
# Rare on purpose: a street has none, and an empty cell drops out of every contrast.
data$seldom <- ifelse(data$street == "S2", "a", ifelse(data$persons > 3, "b", "a"))

total <- function(column) {
  what <- if (startsWith(column, "community")) "community" else "age*sex"
  known$adults[known$variable == what & known$category == sub("^(community|age_sex)", "", column)]
}
formula <- ~0 + community + age_sex
population <- sapply(colnames(model.matrix(formula, data)), total)
plain <- svydesign(ids = ~grid, strata = ~community, weights = ~weight, data = data)
designs <- list(
  plain = plain,
  linear = calibrate(plain, formula, population),
  raking = calibrate(plain, formula, population, calfun = "raking", epsilon = 1e-13, maxit = 200))
add <- function(kind, ...) records[[length(records) + 1]] <<- list(kind = kind, ...)
exact <- glm.control(epsilon = 1e-15, maxit = 100)

for (name in names(designs)) {
  d <- designs[[name]]; rated <- subset(d, rated == 1)
  for (pair in list(c("satisfied", "age"), c("satisfied", "household"), c("household", "street"), c("seldom", "street"))) {
    full <- if (pair[1] == "satisfied") rated else d
    for (method in c("F", "Chisq")) {
      r <- svychisq(as.formula(paste0("~", pair[1], "+", pair[2])), full, statistic = method)
      add("independence", design = name, one = pair[1], other = pair[2], test = method,
          statistic = as.numeric(r$statistic), parameter = as.numeric(r$parameter), p_value = as.numeric(r$p.value))
    }
  }
  for (v in c("satisfied", "spending")) {
    full <- if (v == "satisfied") rated else d
    full$variables$.y <- full$variables[[v]]
    r <- svyttest(.y ~ I(as.numeric(household == "one")), full)
    add("difference", design = name, variable = v, estimate = as.numeric(r$estimate), statistic = as.numeric(r$statistic),
        p_value = as.numeric(r$p.value))
    m <- svyglm(.y ~ rank, full)
    add("trend", design = name, variable = v, estimate = as.numeric(coef(m)[2]), standard_error = as.numeric(SE(m)[2]))
    # A group against everybody else is the slope on belonging to it; all groups at once are Wald's test of the factor.
    for (by in c("age", "sex")) {
      for (k in sort(unique(data[[by]]))) {
        full$variables$.own <- as.numeric(full$variables[[by]] == k)
        m <- svyglm(.y ~ .own, full)
        add("rest", design = name, variable = v, by = by, group = k, value = coef(m)[[2]],
            standard_error = as.numeric(SE(m))[2], degrees_of_freedom = degf(full))
      }
      m <- svyglm(as.formula(paste(".y ~", by)), full)
      b <- coef(m)[-1]; k <- length(b); f <- degf(full)
      wald <- as.numeric(t(b) %*% solve(vcov(m)[-1, -1, drop = FALSE], b)); statistic <- wald * (f - k + 1) / (k * f)
      add("overall", design = name, variable = v, by = by, statistic = statistic, parameter = c(k, f - k + 1),
          p_value = pf(statistic, k, f - k + 1, lower.tail = FALSE))
    }
  }
  # The same within every street.
  for (v in c("satisfied", "spending")) for (by in c("age", "sex")) for (s in sort(unique(data$street))) {
    full <- subset(if (v == "satisfied") rated else d, street == s)
    full$variables$.y <- full$variables[[v]]
    seen <- full$variables[[by]][weights(full) > 0]
    for (k in sort(unique(seen))) {
      full$variables$.own <- as.numeric(full$variables[[by]] == k)
      m <- svyglm(.y ~ .own, full)
      add("street_rest", design = name, variable = v, by = by, street = s, group = k, value = coef(m)[[2]],
          standard_error = as.numeric(SE(m))[2], degrees_of_freedom = degf(full))
    }
    m <- svyglm(as.formula(paste(".y ~", by)), full)
    b <- coef(m)[-1]; k <- length(b); f <- degf(full)
    wald <- as.numeric(t(b) %*% solve(vcov(m)[-1, -1, drop = FALSE], b)); statistic <- wald * (f - k + 1) / (k * f)
    add("street_overall", design = name, variable = v, by = by, street = s,
        p_value = pf(statistic, k, f - k + 1, lower.tail = FALSE))
  }
  m <- svyglm(spending ~ persons + sex + age, d)
  add("linear", design = name, outcome = "spending", value = as.numeric(coef(m)), standard_error = as.numeric(SE(m)),
      degrees_of_freedom = m$df.residual)
  m <- svyglm(satisfied ~ persons + sex + age, rated, family = quasibinomial, control = exact)
  add("logistic", design = name, outcome = "satisfied", value = as.numeric(coef(m)), standard_error = as.numeric(SE(m)),
      degrees_of_freedom = m$df.residual)
}
finish()
