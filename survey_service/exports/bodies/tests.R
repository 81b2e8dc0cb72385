# ---------------------------------------------------------------- tests and models
# In the order of the plan. A variable of classes: its column, the codes there, and what they are called, in their order.

variables <- settings$variables
classes_of <- function(name) {
  own <- variables[[name]]
  found <- match(people[[own$column]], own$codes)
  if (!is.null(own$drawn)) found[people[[own$drawn]] %in% "1"] <- NA  # drawn for the margins: nobody answered so
  found
}
outcome_of <- function(name) {
  one <- settings$outcomes[[name]]
  y <- value_of(one$y)
  x <- value_of(one$x)
  ifelse(!is.na(y) & !is.na(x) & x > 0, y / x, NA)
}

# Of sums of w z over the rows, which is 0 outside `used`: the whole matrix, stage by stage as above.
covariance <- function(z, used) {
  x <- residual(z) * final
  part <- function(one) if (is.null(one)) 0 else
    svyrecvar(x[one$rows, , drop = FALSE] * one$share, one$design$cluster, one$design$strata, one$design$fpc)
  top <- part(of_stage[[1]])
  found <- top
  for (one in of_stage[-1]) found <- found + part(one)
  if (settings$lonely_psu == "adjust" && any(lonely)) {
    totals <- rowsum(x, psu, reorder = FALSE)
    apart <- sweep(totals, 2, colMeans(totals))
    left <- (1 - 1 / population[[1]])[first] * lonely[first]
    found <- found + crossprod(apart * left, apart)
  }
  if (settings$lonely_psu == "average" && any(lonely)) {
    counted <- length(unique(people$stratum[used]))
    found <- found + (counted / (counted - length(unique(people$stratum[used & lonely]))) - 1) * top
  }
  unname(found)
}
freedom_of <- function(used) touched(used)[["df"]]
columns <- c("value", "standard_error", "low", "high", "statistic", "numerator_degrees_of_freedom",
             "degrees_of_freedom", "p_value", "respondents")
line <- function(term, ...) {
  given <- list(...)
  cells <- lapply(columns, function(name) if (is.null(given[[name]])) NA else given[[name]])
  cbind(data.frame(term = term), as.data.frame(setNames(cells, columns)))
}
by_t <- function(term, value, error, freedom, size) {
  half <- if (freedom > 0) qt((1 + settings$level) / 2, freedom) * error else NA
  t <- if (error > 0) value / error else NA
  line(term, value = value, standard_error = error, low = value - half, high = value + half, statistic = t,
       degrees_of_freedom = freedom, p_value = if (freedom > 0) 2 * pt(-abs(t), freedom) else NA, respondents = size)
}

# Rao and Scott (1984), second order, as svychisq: Pearson's statistic over the mean design effect of its contrasts.
rao_scott <- function(a, b, used) {
  rows <- sort(unique(a[used]))
  across <- sort(unique(b[used]))
  if (length(rows) < 2 || length(across) < 2) stop("two classes are needed")
  cell <- match(a, rows) + length(rows) * (match(b, across) - 1)
  count <- length(rows) * length(across)
  weight <- final * used
  share <- sapply(seq_len(count), function(one) sum(weight[used & cell == one])) / sum(weight)
  z <- sapply(seq_len(count), function(one) ifelse(used, ((cell == one) - share[one]) / sum(weight), 0))
  at <- expand.grid(rows = factor(seq_along(rows)), across = factor(seq_along(across)))
  main <- model.matrix(~rows + across, at)
  contrasts <- qr.resid(qr(main), model.matrix(~rows * across, at)[, -seq_len(ncol(main)), drop = FALSE])
  inverse <- ifelse(share == 0, 0, 1 / share)
  size <- sum(used)
  simple <- crossprod(contrasts, contrasts * (inverse / size))
  delta <- solve(simple, t(contrasts * inverse) %*% covariance(z, used) %*% (contrasts * inverse))
  trace <- sum(diag(delta))
  square <- sum(delta * t(delta))
  shares <- matrix(share, length(rows))
  expected <- outer(rowSums(shares), colSums(shares))
  pearson <- size * sum((shares - expected)^2 / expected)
  degrees <- trace^2 / square
  freedom <- freedom_of(used)
  if (trace <= 1e-12 || freedom < 1) stop("the sampling units show no variation")
  line("", statistic = pearson / trace, numerator_degrees_of_freedom = degrees, degrees_of_freedom = degrees * freedom,
       p_value = pf(pearson / trace, degrees, degrees * freedom, lower.tail = FALSE), respondents = size)
}

crosstab <- function(one) {
  a <- classes_of(one$outcome)
  b <- classes_of(one$by)
  found <- rao_scott(a, b, !is.na(a) & !is.na(b) & final > 0)
  here <- sort(unique(b[!is.na(a) & final > 0]))
  labels <- variables[[one$by]]$labels
  options <- variables[[one$outcome]]$labels
  share <- list(share = TRUE, scale = c(0, 1))
  for (class in here) {
    at <- lapply(seq_along(options), function(option) {
      base <- list(y = ifelse(is.na(a), 0, a == option) * 1, x = ifelse(is.na(a), 0, 1), rows = !is.na(a), missing = anyNA(a))
      point(share, base, b %in% class, anyNA(b))
    })
    v <- variance(sapply(at, `[[`, "z"), sapply(at, `[[`, "rows"))
    for (option in seq_along(options)) {
      made <- figure(share, at[[option]], v$with_fpc[option], v$without[option])
      term <- sprintf("%s=%s: %s=%s", one$by, labels[class], one$outcome, options[option])
      found <- rbind(found, line(term, value = made$value, standard_error = made$se, low = made$low, high = made$high,
                                 degrees_of_freedom = made$df, respondents = made$n))
    }
  }
  found
}

difference <- function(one) {
  y <- outcome_of(one$outcome)
  class <- classes_of(one$by)
  used <- !is.na(y) & !is.na(class) & final > 0
  groups <- sort(unique(class[used]))
  if (length(groups) != 2) stop("a difference is of two groups")
  z <- 0
  means <- c()
  for (group in groups) {
    rows <- used & class == group
    rows[is.na(rows)] <- FALSE
    weight <- final * rows
    means <- c(means, sum((weight * y)[rows]) / sum(weight))
    z <- z + ifelse(rows, (y - tail(means, 1)) / sum(weight), 0) * if (group == groups[2]) 1 else -1
  }
  labels <- variables[[one$by]]$labels[groups]
  error <- sqrt(covariance(cbind(z), used)[1, 1])
  by_t(paste(rev(labels), collapse = " - "), diff(means), error, freedom_of(used), sum(used))
}

trend <- function(one) {
  y <- outcome_of(one$outcome)
  x <- classes_of(one$by)
  used <- !is.na(y) & !is.na(x) & final > 0
  weight <- final[used]
  apart <- x[used] - weighted.mean(x[used], weight)
  rest <- y[used] - weighted.mean(y[used], weight)
  spread <- sum(weight * apart^2)
  slope <- sum(weight * apart * rest) / spread
  z <- rep(0, length(y))
  z[used] <- apart * (rest - slope * apart) / spread
  by_t("slope", slope, sqrt(covariance(cbind(z), used)[1, 1]), freedom_of(used), sum(used))
}

# A class that nobody has is no predictor: its column would be 0.
predictors_of <- function(one) {
  found <- matrix(1, nrow(people), 1, dimnames = list(NULL, "(intercept)"))
  for (name in one$by) {
    class <- classes_of(name)
    here <- sort(unique(class))
    beside <- outer(class, here[-1], "==") * 1
    colnames(beside) <- sprintf("%s=%s", name, variables[[name]]$labels[here[-1]])
    found <- cbind(found, beside)
  }
  found
}
model <- function(one, logistic) {
  y <- outcome_of(one$outcome)
  x <- predictors_of(one)
  used <- !is.na(y) & stats::complete.cases(x) & final > 0
  own <- x[used, , drop = FALSE]
  weight <- final[used]
  if (qr(own)$rank < ncol(own)) stop("the predictors determine one another")
  if (logistic) {
    if (!all(y[used] %in% c(0, 1))) stop("a logistic outcome is 0 or 1")
    mean <- weighted.mean(y[used], weight)
    if (mean <= 0 || mean >= 1) stop("everyone has the same outcome")
    beta <- c(qlogis(mean), rep(0, ncol(own) - 1))
    for (step in 1:50) {
      chance <- as.numeric(plogis(own %*% beta))
      move <- solve(crossprod(own, own * (weight * chance * (1 - chance))), crossprod(own, weight * (y[used] - chance)))
      beta <- beta + as.numeric(move)
      if (max(abs(own %*% beta)) > 30) stop("a predictor separates the outcomes")
      if (max(abs(move)) < 1e-13) break
    }
    chance <- as.numeric(plogis(own %*% beta))
    information <- crossprod(own, own * (weight * chance * (1 - chance)))
  } else {
    information <- crossprod(own, own * weight)
    beta <- as.numeric(solve(information, crossprod(own, weight * y[used])))
    chance <- as.numeric(own %*% beta)
  }
  z <- matrix(0, nrow(x), ncol(x))
  z[used, ] <- (own * (y[used] - chance)) %*% solve(information)
  errors <- sqrt(diag(covariance(z, used)))
  freedom <- freedom_of(used) + 1 - ncol(x)
  do.call(rbind, lapply(seq_along(beta), function(k) {
    by_t(colnames(x)[k], beta[k], errors[k], freedom, sum(used))
  }))
}

# ---------------------------------------------------------------- the referee
# Each once more by survey's own functions, from the weights before the last calibration.
own <- of_survey()
same <- function(what, mine, theirs) {
  if (any(abs(mine - theirs) > 1e-7 * pmax(1, abs(theirs)), na.rm = TRUE)) stop("survey says otherwise: ", what)
}
referee <- function(one, found) {
  d <- own
  by <- sprintf(".by%d", seq_along(one$by))
  for (k in seq_along(by)) d$variables[[by[k]]] <- factor(classes_of(one$by[k]))
  if (one$kind == "crosstab") {
    d$variables$.y <- factor(classes_of(one$outcome))
    theirs <- svychisq(~.y + .by1, subset(d, !is.na(.y) & !is.na(.by1)))
    same("svychisq", c(found$statistic[1], found$numerator_degrees_of_freedom[1]),
         c(theirs$statistic, theirs$parameter[1]))
    return()
  }
  d$variables$.y <- outcome_of(one$outcome)
  d$variables$.used <- Reduce(`&`, lapply(by, function(name) !is.na(d$variables[[name]])), !is.na(d$variables$.y))
  d <- subset(d, .used)
  if (one$kind == "difference") {
    d$variables$.by1 <- as.numeric(d$variables$.by1 == max(classes_of(one$by)[d$variables$.used], na.rm = TRUE))
    theirs <- svyttest(.y ~ .by1, d)
    same("svyttest", c(found$value, found$statistic), c(theirs$estimate, theirs$statistic))
    return()
  }
  if (one$kind == "trend") d$variables$.by1 <- as.numeric(as.character(d$variables$.by1))
  family <- if (one$kind == "logistic") quasibinomial() else gaussian()
  theirs <- svyglm(reformulate(by, ".y"), d, family = family, control = glm.control(epsilon = 1e-15, maxit = 100))
  kept <- if (one$kind == "trend") 2 else seq_along(coef(theirs))
  same("svyglm", c(found$value, found$standard_error), c(coef(theirs)[kept], SE(theirs)[kept]))
}

# ---------------------------------------------------------------- all of them

lines <- list()
for (number in seq_along(settings$tests)) {
  one <- settings$tests[[number]]
  found <- tryCatch(
    switch(one$kind, crosstab = crosstab(one), difference = difference(one), trend = trend(one),
           linear = model(one, FALSE), logistic = model(one, TRUE)),
    error = function(why) {
      message(sprintf("test %d: %s", number, conditionMessage(why)))
      line("")
    })
  if (!any(lonely) && !all(is.na(found$respondents))) referee(one, found)
  lines[[number]] <- cbind(test = number, kind = one$kind, outcome = one$outcome, by = paste(one$by, collapse = " "), found)
}
table <- do.call(rbind, lines)
for (name in setdiff(columns, "respondents")) {
  table[[name]] <- ifelse(is.na(table[[name]]), "", formatC(table[[name]], digits = 12, format = "g"))
}
table$respondents <- ifelse(is.na(table$respondents), "", as.character(table$respondents))
write_out(table)
