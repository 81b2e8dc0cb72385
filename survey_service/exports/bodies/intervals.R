# ---------------------------------------------------------------- intervals
# R has none for 0 and 100 %: where all answers are alike the limit is that of Clopper and Pearson for a sample without
# a dissenter, (alpha / 2)^(1 / n), n shrunk by the degrees of freedom as Korn and Graubard (1998) do.

t_of <- function(level, df) ifelse(!is.na(df) & df > 0, qt((1 + level) / 2, pmax(df, 1)), NA)

clopper_pearson <- function(p, n, level) {
  tail <- (1 - level) / 2
  n <- ifelse(is.infinite(n), NA, n)  # nothing left to chance: set below
  low <- ifelse(p > 0, qbeta(tail, n * p, n * (1 - p) + 1), 0)
  high <- ifelse(p < 1, qbeta(1 - tail, n * p + 1, n * (1 - p)), 1)
  list(low = low, high = high)
}
share_interval <- function(method, p, v, v0, n, df, level) {
  effective <- p * (1 - p) / v
  t <- t_of(level, df)
  if (method %in% c("korn_graubard", "beta")) {
    shrunk <- effective * (t_of(level, n - 1) / t)^2
    gain <- ifelse(is.nan(v0 / v), 1, pmax(v0 / v, 1))
    if (method == "korn_graubard") shrunk <- pmin(shrunk, n * gain)
    found <- clopper_pearson(p, shrunk, level)
    certain <- is.infinite(shrunk)
    return(list(low = ifelse(certain, p, found$low), high = ifelse(certain, p, found$high)))
  }
  if (method == "wald") return(list(low = p - t * sqrt(v), high = p + t * sqrt(v)))
  if (method %in% c("logit", "xlogit")) {
    half <- t * sqrt(v) / (p * (1 - p))
    return(list(low = plogis(qlogis(p) - half), high = plogis(qlogis(p) + half)))
  }
  if (method == "wilson") {
    a <- ifelse(is.infinite(effective), 0, t^2 / effective)
    half <- sqrt(a * p * (1 - p) + a^2 / 4)
    return(list(low = (p + a / 2 - half) / (1 + a), high = (p + a / 2 + half) / (1 + a)))
  }
  if (method == "arcsine") {
    half <- t * sqrt(v) / (2 * sqrt(p * (1 - p)))
    return(list(low = sin(pmax(asin(sqrt(p)) - half, 0))^2, high = sin(pmin(asin(sqrt(p)) + half, pi / 2))^2))
  }
  size <- effective * (n - 1) / n  # likelihood: the exact profile, by halving
  limit <- function(end) {
    inner <- p
    outer <- rep(end, length(p))
    for (step in 1:80) {
      middle <- (inner + outer) / 2
      far <- 2 * size * (p * log(p / middle) + (1 - p) * log((1 - p) / (1 - middle))) > t^2
      outer <- ifelse(far, middle, outer)
      inner <- ifelse(far, inner, middle)
    }
    ifelse(is.na(size) | is.na(t), NA, (inner + outer) / 2)
  }
  list(low = limit(0), high = limit(1))
}
all_alike_limit <- function(n, df, level) {
  ratio <- pmin(t_of(level, n - 1) / t_of(level, df), 1)
  ((1 - level) / 2)^(1 / (n * ratio^2))
}

# ---------------------------------------------------------------- figures

ends <- function(one) if (is.null(one$scale)) c(-Inf, Inf) else one$scale
base_of <- function(one) {
  y <- value_of(one$y)
  x <- value_of(one$x)
  rows <- !is.na(y) & !is.na(x)
  if (!is.null(one$scale)) rows <- rows & x > 0
  list(y = ifelse(rows, y, 0), x = ifelse(rows, x, 0), rows = rows, missing = is.null(one$scale) && any(!rows))
}
everywhere <- Reduce(`&`, lapply(seq_len(stages), function(k) drawn[[k]] / population[[k]] > 1 - 1e-7))
touched <- function(rows) c(n = sum(rows), df = length(unique(psu[rows])) - length(unique(people$stratum[rows])))

# One indicator in one domain: its ratio, and what its variance is the variance of.
point <- function(one, base, domain, undecided) {
  w <- final
  rows <- base$rows & domain & w > 0
  yes <- base$y * rows
  of <- base$x * rows
  below <- sum(w * of)
  value <- if (below != 0) sum(w * yes) / below else NA
  seen <- touched(rows)
  zero_one <- all(base$x[base$rows] == 1) && all(base$y[base$rows] %in% c(0, 1))
  centre <- if (sum(base$x)) sum(base$y) / sum(base$x) else 0
  squares <- sum(w * (yes - value * of)^2)
  alike <- seen[["n"]] > 0 && !is.na(value) && if (zero_one) all(yes == 0) || all(yes == of) else
    squares <= 1e-12 * sum(w * (yes - centre * of)^2) + 1e-26 * centre^2 * sum(w * of^2)
  if (alike) squares <- 0
  simple <- if (seen[["n"]] > 1) squares * sum(w[rows]) / (seen[["n"]] - 1) / below^2 else NA
  respondents <- sum(domain & w > 0)
  equal <- sum(w[rows]^2) - 2 * sum(w[rows]) + seen[["n"]] <= 1e-9 * max(seen[["n"]], 1)
  list(value = value, z = if (alike || is.na(value)) 0 * of else (yes - value * of) / below, rows = rows,
       n = seen[["n"]], df = seen[["df"]], alike = alike, simple = simple,
       drawn = any(rows) && all(everywhere[rows]), equal = equal,
       answered = !undecided && (!base$missing || seen[["n"]] >= respondents))
}

# Standard error and interval of one of them, from its variance.
figure <- function(one, at, v, v0) {
  complete <- at$drawn && at$equal && at$answered && !is.na(at$value)
  least <- if (!is.na(at$simple) && at$simple > 0) at$simple else at$value^2 * 1e-12
  silent <- isTRUE(!is.na(at$value) && !at$drawn && !at$alike && max(v, v0) <= 1e-12 * least)
  if (silent) v <- v0 <- 0
  hidden <- !complete && (at$drawn || isTRUE(v == 0 && v0 > 0 && !at$alike))
  known <- !is.na(at$value) && !is.na(v) && !hidden && (at$df > 0 || complete)
  made <- list(value = at$value, se = if (known) sqrt(v) else NA, low = NA, high = NA, n = at$n, df = at$df,
               alike = at$alike, complete = complete, hidden = hidden, silent = silent)
  if (!known || (silent && (is.na(at$simple) || at$simple <= 0))) return(made)
  scale <- ends(one)
  believed <- if (silent) at$simple else v
  limits <- if (complete) list(low = at$value, high = at$value)
  else if (at$alike) {
    gap <- 1 - all_alike_limit(at$n, at$df, settings$level)
    list(low = at$value - (at$value - scale[1]) * gap, high = at$value + (scale[2] - at$value) * gap)
  } else if (one$share) {
    capped <- settings$interval == "korn_graubard" && !length(cells)
    share_interval(settings$interval, at$value, if (capped) v else believed, v0, at$n, at$df, settings$level)
  } else {
    half <- t_of(settings$level, at$df) * sqrt(believed)
    list(low = max(at$value - half, scale[1]), high = min(at$value + half, scale[2]))
  }
  if (all(is.finite(unlist(limits)))) made[c("low", "high")] <- limits
  made
}

