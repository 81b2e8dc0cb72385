source("../common.R")
# Contrasts, quantiles and replicates on the data of the other cases. Replicate weights of ours come from weights.csv, so that
# both sides use the same replicates; the jackknife is made by each side for itself.
data <- read.csv("../city_clusters/data.csv", na.strings = "", stringsAsFactors = FALSE)
des <- svydesign(ids = ~grid, strata = ~community, weights = ~weight, data = data)
two <- read.csv("../city_two_stage/data.csv", na.strings = "", stringsAsFactors = FALSE)
des2 <- svydesign(ids = ~grid + household, strata = ~community, weights = ~weight, fpc = ~grids + households, data = two)

add <- function(kind, ...) records[[length(records) + 1]] <<- list(kind = kind, ...)

# ---- differences between domains, with their covariance
contrast <- function(name, d, variable, by, levels) {
  d$variables$.y <- d$variables[[variable]]
  m <- svyby(~.y, as.formula(paste0("~", by)), subset(d, !is.na(.y)), svymean, covmat = TRUE)
  co <- setNames(c(1, -1), levels)
  r <- svycontrast(m, co)
  inside <- d$variables[[by]] %in% levels & !is.na(d$variables$.y)
  add("contrast", design = name, variable = variable, by = by, one = levels[1], other = levels[2],
      value = as.numeric(coef(r)), standard_error = as.numeric(SE(r)), degrees_of_freedom = degf(subset(d, inside)))
}
for (v in c("aware", "takes_part", "score", "spending")) {
  contrast("city_clusters", des, v, "age", c("18-39", "60+"))
  contrast("city_clusters", des, v, "street", c("S0", "S2"))
  contrast("city_clusters", des, v, "community", c("C01", "C04"))
  contrast("city_two_stage", des2, v, "age", c("40-59", "60+"))
  contrast("city_two_stage", des2, v, "street", c("S1", "S2"))
}

# ---- quantiles
quantile_of <- function(name, d, variable, p, rule, domain) {
  d$variables$.y <- d$variables[[variable]]
  d <- subset(d, !is.na(.y))
  r <- svyquantile(~.y, d, p, qrule = rule)$.y
  add("quantile", design = name, variable = variable, probability = p, rule = rule, domain = domain, value = r[1, 1],
      low = r[1, 2], high = r[1, 3], standard_error = r[1, 4])
}
none <- setNames(list(), character())
for (rule in c("math", "school", "hf7")) for (p in c(0.1, 0.25, 0.5, 0.9)) {
  for (v in c("spending", "score")) {
    quantile_of("city_clusters", des, v, p, rule, none)
    quantile_of("city_two_stage", des2, v, p, rule, none)
    for (a in c("18-39", "60+")) quantile_of("city_clusters", subset(des, age == a), v, p, rule, list(age = a))
  }
}

# ---- the variance of a variable
for (v in c("score", "spending", "takes_part")) for (a in c("", "18-39", "60+")) for (name in c("city_clusters", "city_two_stage")) {
  d <- if (name == "city_clusters") des else des2
  d$variables$.y <- d$variables[[v]]
  d <- subset(d, !is.na(.y))
  if (a != "") d <- subset(d, age == a)
  r <- svyvar(~.y, d)
  add("variance", design = name, variable = v, domain = if (a == "") none else list(age = a), value = as.numeric(coef(r)),
      standard_error = as.numeric(SE(r)))
}

# ---- replicates
replicated <- function(name, method, d, by = "age") {
  for (a in c("", sort(unique(d$variables[[by]])))) {
    e <- if (a == "") d else subset(d, d$variables[[by]] == a)
    domain <- if (a == "") none else setNames(list(a), by)
    out <- function(statistic, variable, r) add("replicates", design = name, method = method, statistic = statistic,
      variable = variable, domain = domain, value = as.numeric(coef(r)), standard_error = as.numeric(SE(r)))
    for (v in c("aware", "takes_part", "score", "spending")) {
      e$variables$.y <- e$variables[[v]]
      f <- subset(e, !is.na(.y))
      out("mean", v, svymean(~.y, f)); out("total", v, svytotal(~.y, f))
    }
    out("ratio", "spending/persons", svyratio(~spending, ~persons, e))
  }
}
replicated("city_clusters", "jackknife", as.svrepdesign(des, type = "JKn"))
plain <- svydesign(ids = ~grid, weights = ~weight, data = data)
replicated("city_plain", "jackknife", as.svrepdesign(plain, type = "JK1"))
one <- svydesign(ids = ~grid, strata = ~community, weights = ~weight, fpc = ~grids, data = two)
replicated("city_two_stage_first", "jackknife", as.svrepdesign(one, type = "JKn", fpc.method = "1/n"))
given <- as.matrix(read.csv("weights.csv"))
replicated("city_clusters", "given_bootstrap",
           svrepdesign(repweights = given, weights = data$weight, data = data, type = "bootstrap", combined.weights = TRUE))
replicated("city_clusters", "given_brr",
           svrepdesign(repweights = given, weights = data$weight, data = data, type = "BRR", combined.weights = TRUE))
replicated("city_clusters", "given_fay",
           svrepdesign(repweights = given, weights = data$weight, data = data, type = "Fay", rho = 0.3, combined.weights = TRUE))
replicated("city_clusters", "given_jk1",
           svrepdesign(repweights = given, weights = data$weight, data = data, type = "JK1", combined.weights = TRUE))
finish()
