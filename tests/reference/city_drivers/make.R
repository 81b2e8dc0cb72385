# What goes with a rate after calibration: the regression's coefficients by svyglm, and the shares of R squared of its
# items, whose variance follows from that of the moments by the delta method, with the slopes taken numerically.
source("../common.R")
data <- read()
known <- read.csv("register.csv", stringsAsFactors = FALSE)
items <- c("lanes", "waste", "parking", "windows")
data$community <- factor(data$community)
data$age_sex <- factor(paste(data$age, data$sex, sep = "*"))
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

names_of <- c("satisfied", items)
pairs <- which(upper.tri(diag(5), diag = TRUE), arr.ind = TRUE)
# Means of the five and of their products, to R squared of a set and to every item's share.
shares <- function(m) {
  mean_of <- m[1:5]; second <- matrix(0, 5, 5)
  second[pairs] <- m[-(1:5)]; second[lower.tri(second)] <- t(second)[lower.tri(second)]
  v <- second - outer(mean_of, mean_of)
  r2 <- function(s) if (!length(s)) 0 else sum(v[1, s] * solve(v[s, s, drop = FALSE], v[s, 1])) / v[1, 1]
  found <- sapply(2:5, function(item) {
    others <- setdiff(2:5, item)
    sum(sapply(0:3, function(size) {
      sets <- if (size == 0) list(integer(0)) else combn(others, size, simplify = FALSE)
      mean(sapply(sets, function(s) r2(c(s, item)) - r2(s)))
    })) / 4
  })
  c(found, r2(2:5))
}
slopes <- function(f, m) sapply(seq_along(m), function(k) {
  d <- function(h) { up <- m; down <- m; up[k] <- m[k] + h; down[k] <- m[k] - h; (f(up) - f(down)) / (2 * h) }
  h <- 2e-3  # Richardson, three times halved
  a <- lapply(h / 2^(0:3), d)
  for (p in 1:3) a <- lapply(seq_len(length(a) - 1), function(i) (4^p * a[[i + 1]] - a[[i]]) / (4^p - 1))
  a[[1]]
})

for (n in names(designs)) {
  d <- designs[[n]]
  used <- subset(d, complete.cases(data[, items]))
  fit <- svyglm(satisfied ~ lanes + waste + parking + windows, used)
  for (k in names(coef(fit)))
    keep(design = n, statistic = "coefficient", variable = k, value = coef(fit)[[k]],
         standard_error = as.numeric(SE(fit)[k]), degrees_of_freedom = degf(used))
  x <- as.matrix(data[, names_of]); x[is.na(x)] <- 0
  for (k in 1:5) d$variables[[paste0("m", k)]] <- x[, k]
  for (k in seq_len(nrow(pairs))) d$variables[[paste0("p", k)]] <- x[, pairs[k, 1]] * x[, pairs[k, 2]]
  moments <- svymean(as.formula(paste("~", paste(c(paste0("m", 1:5), paste0("p", seq_len(nrow(pairs)))), collapse = "+"))),
                     subset(d, complete.cases(data[, items])))
  m <- as.numeric(coef(moments)); g <- slopes(shares, m); v <- g %*% vcov(moments) %*% t(g)
  keep(design = n, statistic = "share", variable = c(items, "explained"), value = shares(m), covariance = v,
       degrees_of_freedom = degf(used))
}
finish()
