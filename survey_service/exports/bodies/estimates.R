# ---------------------------------------------------------------- tables

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
own <- of_survey()
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
write_out(figures)
