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
write_out <- function(table) {  # as bytes of UTF-8, whatever the locale
  quoted <- lapply(table, function(column) {
    if (is.character(column)) paste0("\"", gsub("\"", "\"\"", column, fixed = TRUE), "\"") else as.character(column)
  })
  heads <- paste0("\"", names(table), "\"", collapse = ",")
  writeLines(enc2utf8(c(heads, do.call(paste, c(unname(quoted), sep = ",")))), stdout(), useBytes = TRUE)
}
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

# The design as survey's own functions take it, made from the weights before the last calibration.
of_survey <- function() {
  frame$weight <- before
  own <- svydesign(ids = ids, strata = ~stratum, fpc = fpc, weights = ~weight, data = frame)
  if (!length(cells)) return(own)
  own$variables <- cbind(own$variables, as.data.frame(cells))
  calibrated(own)
}

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

