# What every case asks of R's survey package. Each number is one record: what, of which domain, value and error.
suppressMessages({library(survey); library(jsonlite)})
options(survey.lonely.psu = "fail")

records <- list()
keep <- function(...) records[[length(records) + 1]] <<- list(...)

# Korn-Graubard with the cap n * v_without_fpc / v, written from the paper: R's own "beta" has no cap.
korn_graubard <- function(p, v, v0, n, df, level = 0.95) {
  half <- (1 - level) / 2
  n_df <- min(p * (1 - p) / v * (qt(half, n - 1) / qt(half, df))^2, n * max(v0 / v, 1))
  c(qbeta(half, n_df * p, n_df * (1 - p) + 1), qbeta(1 - half, n_df * p + 1, n_df * (1 - p)))
}

# Wilson on n* = p (1 - p) / v, the t quantile once: survey has it from 4.5 on only.
wilson <- function(p, v, df, level = 0.95) {
  a <- qt(1 - (1 - level) / 2, df)^2 / (p * (1 - p) / v)
  (p + a / 2 + c(-1, 1) * sqrt(a * p * (1 - p) + a^2 / 4)) / (1 + a)
}

share <- function(des, without, y, variable, category, domain, methods) {
  des$variables$.y <- y; without$variables$.y <- y
  d <- subset(des, !is.na(.y)); d0 <- subset(without, !is.na(.y))
  m <- svymean(~.y, d, deff = "replace"); p <- coef(m)[[1]]; v <- vcov(m)[1]; n <- nrow(d); df <- degf(d)
  ci <- list()
  if (p > 0 && p < 1 && df > 0) {
    for (name in methods) {
      if (name == "logit") {
        # As svyciprop does, but iterated to the end: its svyglm stops at 1e-8 of the deviance, 1e-7 off in the limits.
        fit <- svyglm(.y ~ 1, d, family = quasibinomial, control = glm.control(epsilon = 1e-15, maxit = 100))
        ci[[name]] <- as.numeric(plogis(confint(fit, 1, level = 0.95, method = "Wald", ddf = df)))
        next
      }
      r <- svyciprop(~.y, d, method = c(wald = "mean", arcsine = "asin")[name] %||% name)
      ci[[name]] <- as.numeric(attr(r, "ci"))
    }
    ci$wilson <- wilson(p, v, df)
    ci$korn_graubard <- korn_graubard(p, v, vcov(svymean(~.y, d0))[1], n, df)
  }
  keep(statistic = "proportion", variable = variable, category = category, domain = domain, value = p,
       standard_error = sqrt(v), design_effect = as.numeric(deff(m)), sample_size = n, degrees_of_freedom = df, ci = ci)
}
`%||%` <- function(a, b) if (length(a) == 0 || is.na(a)) b else unname(a)

number <- function(des, variable, domain, total = TRUE) {
  y <- des$variables[[variable]]; des$variables$.y <- y
  d <- subset(des, !is.na(.y)); df <- degf(d); half <- qt(0.975, df)
  m <- svymean(~.y, d, deff = "replace"); s <- as.numeric(SE(m))
  keep(statistic = "mean", variable = variable, category = NULL, domain = domain, value = coef(m)[[1]], standard_error = s,
       design_effect = as.numeric(deff(m)), sample_size = nrow(d), degrees_of_freedom = df,
       ci = list(t = coef(m)[[1]] + c(-1, 1) * half * s))
  t <- svytotal(~.y, d, deff = "replace"); s <- as.numeric(SE(t))
  if (total) keep(statistic = "total", variable = variable, category = NULL, domain = domain, value = coef(t)[[1]],
       standard_error = s, design_effect = as.numeric(deff(t)), sample_size = nrow(d), degrees_of_freedom = df,
       ci = list(t = coef(t)[[1]] + c(-1, 1) * half * s))
}

ratio <- function(des, numerator, denominator, domain) {
  y <- des$variables[[numerator]]; x <- des$variables[[denominator]]
  des$variables$.y <- y; des$variables$.x <- x
  d <- subset(des, !is.na(.y) & !is.na(.x)); df <- degf(d)
  r <- svyratio(~.y, ~.x, d, deff = "replace"); s <- as.numeric(SE(r))
  keep(statistic = "ratio", variable = paste0(numerator, "/", denominator), category = NULL, domain = domain,
       value = as.numeric(coef(r)), standard_error = s, design_effect = as.numeric(deff(r)), sample_size = nrow(d),
       degrees_of_freedom = df, ci = list(t = as.numeric(coef(r)) + c(-1, 1) * qt(0.975, df) * s))
}

battery <- function(des, without, by = character(), total = TRUE,
                    methods = c("beta", "logit", "wald", "arcsine", "xlogit", "likelihood")) {
  groups <- list(list())
  for (column in by) groups <- c(groups, lapply(sort(unique(as.character(des$variables[[column]]))),
                                                function(v) setNames(list(v), column)))
  for (group in groups) {
    inside <- rep(TRUE, nrow(des$variables))
    for (column in names(group)) inside <- inside & as.character(des$variables[[column]]) == group[[column]]
    d <- subset(des, inside); d0 <- subset(without, inside)
    domain <- if (length(group)) group else setNames(list(), character())
    for (v in c("aware", "rare", "takes_part")) share(d, d0, d$variables[[v]], v, "1", domain, methods)
    for (k in c("a", "b", "c")) {
      share(d, d0, ifelse(is.na(d$variables$opinion), NA, as.numeric(d$variables$opinion == k)), "opinion", k, domain, methods)
    }
    number(d, "score", domain, total); number(d, "spending", domain, total); ratio(d, "spending", "persons", domain)
  }
}

read <- function(...) read.csv("data.csv", na.strings = "", stringsAsFactors = FALSE, ...)
finish <- function() {
  made <- list(made_with = list(R = as.character(getRversion()), survey = as.character(packageVersion("survey"))),
               records = records)
  write(toJSON(made, auto_unbox = TRUE, digits = NA, null = "null", na = "null", pretty = TRUE), "expected.json")
}
