suppressMessages(library(survey))
# Strata with a single PSU add nothing here; what the plan says of them is written out below, for R before 4.5 leaves
# such a PSU uncentred under "adjust".
options(survey.lonely.psu = "certainty")

# ---------------------------------------------------------------- the rows
# Everything is read as text first: area codes have twelve digits and are no numbers.

# The files lie beside the script; where it is sourced, in the working directory. Rscript writes a blank as ~+~.
script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)[1])
here <- if (is.na(script) || !file.exists(gsub("~+~", " ", script, fixed = TRUE))) "." else
  dirname(gsub("~+~", " ", script, fixed = TRUE))
read <- function(name) {
  table <- read.csv(file.path(here, name), colClasses = "character", na.strings = "", check.names = FALSE,
                    encoding = "UTF-8")
  names(table)[1] <- sub("^\xef\xbb\xbf", "", names(table)[1], useBytes = TRUE)
  table
}
cases <- read(settings$data)
number <- function(name) as.numeric(cases[[name]])
sums <- function(values, by) ave(values, by, FUN = sum)

# ---------------------------------------------------------------- weights, step by step
# Design: 1 / probability. A case that is not eligible leaves, one nobody knows about counts with the share e of its
# community. Within a class (joined already where it was small) those who answered carry the weight of those who did
# not.

answered <- number("answered") == 1
eligible <- ifelse(cases$outcome %in% settings$unknown, number("eligibility"), !cases$outcome %in% settings$ineligible)
carried <- eligible / number("probability")
class <- paste(cases$community, cases$weighting_class)
# Where the adults of a household were asked, all of this is of households, and their number comes in last.
within <- rep(1, nrow(cases))
if (settings$adults_asked) within[answered] <- number(settings$adults)[answered]
after <- carried * (sums(carried, class) / sums(carried * answered, class)) * within
people <- cases[answered, ]
value_of <- function(name) as.numeric(people[[name]])
before <- after[answered]
final <- before

# Margins: one column a cell; those that follow from the others (all margins share their total) are left out.
cells <- NULL
if (length(settings$margins)) {
  known <- read(settings$margins_file)
  parts <- lapply(settings$margins, function(name) {
    mine <- known[known$margin == name, ]
    list(columns = outer(people[[name]], mine$cell, "==") * 1, totals = as.numeric(mine$population))
  })
  all <- do.call(cbind, lapply(parts, `[[`, "columns"))
  kept <- qr(all)
  kept <- sort(kept$pivot[seq_len(kept$rank)])
  cells <- all[, kept, drop = FALSE]
  colnames(cells) <- paste0("cell", seq_along(kept))
  totals <- setNames(unlist(lapply(parts, `[[`, "totals"))[kept], colnames(cells))
  calibrated <- function(design) {
    calibrate(design, reformulate(colnames(cells), intercept = FALSE), totals, calfun = settings$calfun,
              epsilon = 1e-12, maxit = 200)
  }
  raised <- function(weight) {
    as.numeric(weights(calibrated(svydesign(ids = ~1, weights = weight, data = as.data.frame(cells)))))
  }
  final <- raised(before)
  calibrated_first <- final
}

# Trimming: above a multiple of the median of its community a weight is cut, what is cut off goes to the others there,
# and the margins are met again, until both hold. `before` are the weights that the last calibration began from.
if (length(cells) && !is.null(settings$trim)) {
  limit <- settings$trim * ave(final, people$community, FUN = median)
  cut_off <- function(weight) {
    total <- sums(weight, people$community)
    for (round in seq_len(20)) {
      high <- weight >= limit * (1 - 1e-15)
      weight <- ifelse(high, limit, weight)
      rest <- sums(weight * !high, people$community)
      factor <- ifelse(rest > 0, (total - sums(weight * high, people$community)) / rest, 1)
      weight <- ifelse(high, weight, weight * factor)
      if (!any(weight > limit)) break
    }
    weight
  }
  rounds <- 0
  while (rounds < 20 && any(final > limit * (1 + 1e-6))) {
    rounds <- rounds + 1
    before <- cut_off(final)
    final <- raised(before)
  }
}

# The file has every step as the service computed it.
apart <- function(step, mine) {
  theirs <- value_of(step)
  worst <- max(abs(mine - theirs) / pmax(abs(theirs), 1e-300), na.rm = TRUE)
  message(sprintf("%s: largest relative difference from the file %.1e", step, worst))
  if (worst > 1e-8) stop("weights differ from those of the file: ", step)
}
apart("weight_design", (within / number("probability"))[answered])
apart("weight_nonresponse", after[answered])
if (length(cells)) apart("weight_calibrated", calibrated_first)
if (length(cells)) apart("weight_trimmed", before)
apart("weight_final", final)

# ---------------------------------------------------------------- the design

stages <- length(settings$units)
population <- lapply(settings$populations, value_of)
# Empty: units had unequal chances and count as drawn with replacement.
population <- lapply(population, function(there) ifelse(is.na(there), Inf, there))
inside <- list(people$stratum)  # the group of a unit at each stage: its stratum, or the unit that it lies in
path <- people[[settings$units[1]]]
for (stage in seq_len(stages)[-1]) {
  inside[[stage]] <- path
  path <- paste(path, people[[settings$units[stage]]])
}
# One adult of a household: where not all adults were asked the households take no finite population correction,
# whatever share of them answered, for another adult might have been asked.
if (settings$adult_stage) {
  asked <- sums((final > 0) * 1, path)
  partly <- ave(asked > 0 & asked < value_of(settings$adults), inside[[stages]], FUN = any)
  population[[stages]][partly] <- Inf
}
# Of blocks that were drawn for each respondent others might have been drawn.
if (settings$asked_in_part) population[[stages]][] <- Inf
distinct <- function(unit, group) {
  pairs <- unique(data.frame(unit, group))
  as.numeric(table(pairs$group)[as.character(group)])
}
drawn <- list()
label <- people[[settings$units[1]]]
for (stage in seq_len(stages)) {
  if (stage > 1) label <- paste(label, people[[settings$units[stage]]])
  drawn[[stage]] <- distinct(label, inside[[stage]])
  population[[stage]] <- pmax(population[[stage]], drawn[[stage]])
}
# A single unit shows nothing of how units differ: the stratum above goes to the ultimate cluster.
for (stage in rev(seq_len(stages)[-1])) {
  single <- drawn[[stage]] == 1 & drawn[[stage]] / population[[stage]] < 1 - 1e-7
  above <- inside[[stage - 1]]
  population[[stage - 1]][above %in% above[single]] <- Inf
}
frame <- data.frame(stratum = people$stratum, weight = final)
frame[[settings$units[1]]] <- people[[settings$units[1]]]
for (stage in seq_len(stages)) {
  if (stage > 1) {  # numbered within the unit above, so that R makes no needless combinations
    frame[[settings$units[stage]]] <- ave(as.integer(factor(people[[settings$units[stage]]])), inside[[stage]],
                                          FUN = function(code) match(code, unique(code)))
  }
  frame[[paste0("there_", stage)]] <- population[[stage]]
}
ids <- reformulate(settings$units)
fpc <- reformulate(paste0("there_", seq_len(stages)))
design <- svydesign(ids = ids, strata = ~stratum, fpc = fpc, weights = ~weight, data = frame)
# The same stage by stage, which takes survey a fraction of the time where there are many units. Below the first stage a
# group counts only where it has several units and the stages above it were drawn from a known number.
included <- Reduce(`*`, lapply(seq_len(stages), function(stage) drawn[[stage]] / population[[stage]]), rep(1, nrow(people)),
                   accumulate = TRUE)
of_stage <- lapply(seq_len(stages), function(stage) {
  rows <- if (stage == 1) rep(TRUE, nrow(people)) else drawn[[stage]] > 1 & included[[stage]] > 0
  if (!any(rows)) return(NULL)
  label <- do.call(paste, people[settings$units[seq_len(stage)]])
  units <- data.frame(unit = label, group = inside[[stage]], there = population[[stage]], weight = final)[rows, ]
  made <- svydesign(ids = ~unit, strata = ~group, fpc = ~there, weights = ~weight, data = units)
  list(design = made, rows = rows, share = sqrt(included[[stage]][rows]))
})
plain <- svydesign(ids = reformulate(settings$units[1]), strata = ~stratum, weights = ~weight, data = frame)
if (length(cells)) margins <- qr(cells * sqrt(before))

# ---------------------------------------------------------------- variance
# Of sums of w z over the rows: what the margins explain is taken out first (a regression with the weights before the
# calibration, its residual with those after: Deville and Sarndal 1992), then every stage by survey's own svyrecvar, in
# the measure of the sampling fractions above it.

psu <- people[[settings$units[1]]]
first <- !duplicated(psu)
lonely <- drawn[[1]] == 1 & 1 / population[[1]] < 1 - 1e-7
if (settings$lonely_psu == "fail" && any(lonely)) stop("a stratum has a single PSU")

residual <- function(z) {
  if (!length(cells)) return(z)
  found <- qr.coef(margins, z * sqrt(before))
  found[is.na(found)] <- 0
  z - cells %*% found
}
recursive <- function(x, of) {
  step <- 40  # survey lays out all pairs of columns
  unlist(lapply(split(seq_len(ncol(x)), (seq_len(ncol(x)) - 1) %/% step), function(some) {
    diag(svyrecvar(x[, some, drop = FALSE], of$cluster, of$strata, of$fpc))
  }), use.names = FALSE)
}
variance <- function(z, seen) {
  x <- residual(z) * final
  part <- function(one) if (is.null(one)) 0 else recursive(x[one$rows, , drop = FALSE] * one$share, one$design)
  top <- part(of_stage[[1]])
  with_fpc <- top
  for (one in of_stage[-1]) with_fpc <- with_fpc + part(one)
  without <- if (any(is.finite(population[[1]]))) recursive(x, plain) else top
  if (settings$lonely_psu == "adjust" && any(lonely)) {
    totals <- rowsum(x, psu, reorder = FALSE)
    from_mean <- sweep(totals, 2, colMeans(totals))^2
    left <- (1 - 1 / population[[1]])[first] * lonely[first]
    with_fpc <- with_fpc + colSums(from_mean * left)
    without <- without + colSums(from_mean * lonely[first])
  }
  if (settings$lonely_psu == "average" && any(lonely)) {
    stratum <- people$stratum
    stretch <- apply(seen, 2, function(rows) {
      if (length(cells)) rows <- TRUE
      counted <- length(unique(stratum[rows]))
      counted / (counted - length(unique(stratum[rows & lonely])))
    })
    with_fpc <- with_fpc + (stretch - 1) * top
    without <- without * stretch
  }
  list(with_fpc = with_fpc, without = without)
}

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

# An index: the weighted sum of other figures of the domain. A part whose variance says nothing adds its own half width.
index <- function(one, parts, weight, v, seen) {
  value <- sum(weight * sapply(parts, `[[`, "value"))
  get <- function(name) sapply(parts, `[[`, name)
  complete <- all(get("complete"))
  hidden <- any(get("hidden"))
  squares <- sum((weight * get("se"))^2, na.rm = TRUE)
  cancels <- isTRUE(squares > 0 && v <= 1e-12 * squares)
  down <- abs(weight * ifelse(get("complete"), 0, get("value") - get("low")))
  up <- abs(weight * ifelse(get("complete"), 0, get("high") - get("value")))
  sides <- list(below = ifelse(weight >= 0, down, up), above = ifelse(weight >= 0, up, down))
  width <- lapply(sides, function(side) {
    mute <- (get("silent") | cancels) & !get("alike")
    sum((side^2)[get("alike")], na.rm = TRUE) + sum(side[mute], na.rm = TRUE)^2
  })
  made <- list(value = value, se = if (anyNA(get("se"))) NA else sqrt(v), low = NA, high = NA, n = seen[["n"]],
               df = seen[["df"]])
  if (complete) {
    made$low <- made$high <- value
  } else if (!anyNA(get("low")) && seen[["df"]] > 0 && !hidden) {
    half <- t_of(settings$level, seen[["df"]])^2 * v
    made$low <- max(value - sqrt(half + width$below), ends(one)[1])
    made$high <- min(value + sqrt(half + width$above), ends(one)[2])
  }
  made
}

ids_of <- sapply(settings$indicators, `[[`, "id")
simple <- settings$indicators[sapply(settings$indicators, function(one) is.null(one$parts))]
indices <- settings$indicators[sapply(settings$indicators, function(one) !is.null(one$parts))]
bases <- lapply(simple, base_of)
names(bases) <- names(simple) <- sapply(simple, `[[`, "id")
names(indices) <- sapply(indices, `[[`, "id")

at_once <- 5000000  # rows x figures that are in memory together
table_of <- function(by) {
  keys <- people[, by, drop = FALSE]
  none <- rowSums(is.na(keys)) > 0
  domains <- unique(keys[!none, , drop = FALSE])
  if (!length(by)) domains <- data.frame(row.names = 1)
  else domains <- domains[do.call(order, unname(as.list(domains))), , drop = FALSE]
  inside <- lapply(seq_len(nrow(domains)), function(row) {
    rows <- !none
    for (name in by) rows <- rows & keys[[name]] == domains[row, name]
    rows & !is.na(rows)
  })
  step <- max(1, at_once %/% (nrow(people) * length(ids_of)))
  parts <- split(seq_along(inside), (seq_along(inside) - 1) %/% step)
  do.call(rbind, lapply(parts, function(some) {
    lines_of(by, domains[some, , drop = FALSE], inside[some], any(none))
  }))
}
lines_of <- function(by, domains, inside, undecided) {
  at <- lapply(inside, function(rows) lapply(simple, function(one) point(one, bases[[one$id]], rows, undecided)))
  sums <- lapply(seq_along(inside), function(row) lapply(indices, function(one) {
    parts <- names(one$parts)
    rows <- Reduce(`|`, lapply(parts, function(id) bases[[id]]$rows)) & inside[[row]] & final > 0
    list(z = Reduce(`+`, lapply(parts, function(id) one$parts[[id]] * at[[row]][[id]]$z)), rows = rows)
  }))
  beside <- Map(c, at, sums)
  z <- do.call(cbind, lapply(beside, function(points) sapply(points, `[[`, "z")))
  seen <- do.call(cbind, lapply(beside, function(points) sapply(points, `[[`, "rows")))
  v <- variance(z, seen)
  do.call(rbind, lapply(seq_along(inside), function(row) {
    column <- function(id) (row - 1) * length(ids_of) + match(id, c(names(simple), names(indices)))
    made <- lapply(simple, function(one) {
      figure(one, at[[row]][[one$id]], v$with_fpc[column(one$id)], v$without[column(one$id)])
    })
    for (one in indices) {
      made[[one$id]] <- index(one, made[names(one$parts)], unlist(one$parts), v$with_fpc[column(one$id)],
                              touched(sums[[row]][[one$id]]$rows))
    }
    line <- do.call(rbind, lapply(ids_of, function(id) {
      data.frame(made[[id]][c("value", "se", "low", "high", "n", "df")])
    }))
    area <- lapply(c("community", "street", "age", "sex"), function(name) {
      if (name %in% by) as.character(domains[row, name]) else ""
    })
    names(area) <- c("community", "street", "age", "sex")
    cbind(as.data.frame(area, stringsAsFactors = FALSE), indicator = ids_of, line)
  }))
}

levels <- list(community = "community", street = "street", city = character())
# Whose age or sex was not answered has one drawn for the margins, and belongs to no group.
for (group in settings$groups) people[[group]][people[[paste0(group, "_drawn")]] %in% "1"] <- NA
tables <- lapply(settings$levels, function(level) table_of(levels[[level]]))
for (group in settings$groups) tables <- c(tables, list(table_of(group), table_of(c("street", group))))
figures <- do.call(rbind, tables)
names(figures)[6:11] <- c("value", "standard_error", "low", "high", "respondents", "degrees_of_freedom")

# ---------------------------------------------------------------- the referee
# A figure of the city once more by survey's own functions, from the weights before the last calibration; with the
# argument --referee every indicator, which takes survey some time where there are many units.
frame$weight <- before
own <- svydesign(ids = ids, strata = ~stratum, fpc = fpc, weights = ~weight, data = frame)
if (length(cells)) {
  own$variables <- cbind(own$variables, as.data.frame(cells))
  own <- calibrated(own)
}
asked_again <- if ("--referee" %in% commandArgs(TRUE)) simple else simple[1]
if (!any(lonely)) for (one in asked_again) {
  own$variables$.y <- bases[[one$id]]$y
  own$variables$.x <- bases[[one$id]]$x
  rows <- bases[[one$id]]$rows
  if (!any(rows)) next
  theirs <- svyratio(~.y, ~.x, subset(own, rows))
  mine <- point(one, bases[[one$id]], rep(TRUE, nrow(people)), FALSE)
  v <- variance(cbind(mine$z), cbind(mine$rows))$with_fpc
  if (abs(coef(theirs) - mine$value) > 1e-9 || abs(SE(theirs) - sqrt(v)) > 1e-9) {
    stop("svyratio of survey says otherwise of ", one$id)
  }
}

for (name in c("value", "standard_error", "low", "high")) {
  figures[[name]] <- ifelse(is.na(figures[[name]]), "", formatC(figures[[name]], digits = 12, format = "g"))
}
# As bytes of UTF-8, whatever the locale.
quoted <- lapply(figures, function(column) {
  if (is.character(column)) paste0("\"", gsub("\"", "\"\"", column, fixed = TRUE), "\"") else as.character(column)
})
heads <- paste0("\"", names(figures), "\"", collapse = ",")
writeLines(enc2utf8(c(heads, do.call(paste, c(unname(quoted), sep = ",")))), stdout(), useBytes = TRUE)
