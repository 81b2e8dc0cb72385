source("../common.R")
# Tests of association and regressions on the data of the other cases, rows with missing values left out by R's own rules.
data <- read.csv("../city_clusters/data.csv", na.strings = "", stringsAsFactors = FALSE)
two <- read.csv("../city_two_stage/data.csv", na.strings = "", stringsAsFactors = FALSE)
designs <- list(
  city_clusters = svydesign(ids = ~grid, strata = ~community, weights = ~weight, data = data),
  city_two_stage = svydesign(ids = ~grid + household, strata = ~community, weights = ~weight, fpc = ~grids + households,
                             data = two))
add <- function(kind, ...) records[[length(records) + 1]] <<- list(kind = kind, ...)
for (name in names(designs)) {
  des <- designs[[name]]
  for (pair in list(c("aware", "age"), c("opinion", "age"), c("opinion", "takes_part"), c("aware", "community"), c("opinion", "street"),
                    c("rare", "age"), c("rare", "community"))) {
    full <- subset(des, !is.na(des$variables[[pair[1]]]) & !is.na(des$variables[[pair[2]]]))
    # Communities without a rare answer are empty cells, which Wald's covariance cannot be inverted with.
    for (method in if (identical(pair, c("rare", "community"))) c("F", "Chisq") else c("F", "Chisq", "Wald", "adjWald")) {
      r <- svychisq(as.formula(paste0("~", pair[1], "+", pair[2])), full, statistic = method)
      add("independence", design = name, one = pair[1], other = pair[2], test = method, statistic = as.numeric(r$statistic),
          parameter = as.numeric(r$parameter), p_value = as.numeric(r$p.value))
    }
  }
  for (v in c("score", "spending", "takes_part")) {
    des$variables$.y <- des$variables[[v]]; d <- subset(des, !is.na(.y) & age != "40-59")
    r <- svyttest(.y ~ I(as.numeric(age == "60+")), d)
    add("difference", design = name, variable = v, estimate = as.numeric(r$estimate), statistic = as.numeric(r$statistic))
  }
  des <- update(des, rank = as.numeric(factor(age)), older = as.numeric(age == "60+"))
  for (v in c("score", "spending")) {
    m <- svyglm(as.formula(paste(v, "~ rank")), des)
    add("trend", design = name, variable = v, estimate = as.numeric(coef(m)[2]), standard_error = as.numeric(SE(m)[2]))
    m <- svyglm(as.formula(paste(v, "~ persons + age + street")), des)
    add("linear", design = name, outcome = v, value = as.numeric(coef(m)), standard_error = as.numeric(SE(m)),
        degrees_of_freedom = m$df.residual)
  }
  for (v in c("aware", "takes_part")) {
    m <- svyglm(as.formula(paste(v, "~ persons + age + score")), des, family = quasibinomial,
                control = glm.control(epsilon = 1e-15, maxit = 100))
    add("logistic", design = name, outcome = v, value = as.numeric(coef(m)), standard_error = as.numeric(SE(m)),
        degrees_of_freedom = m$df.residual)
  }
  v <- svyvar(~spending + persons, des)
  add("correlation", design = name, estimate = v[1, 2] / sqrt(v[1, 1] * v[2, 2]))
}
finish()
