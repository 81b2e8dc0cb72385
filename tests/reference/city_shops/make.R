# Ratios of totals (svyratio), a share over two bases and mean ranks, of a plain design and after calibration.
# Everything is made of the answers here: no pair of the service comes in.
source("../common.R")
data <- read(colClasses = c(first = "character", satisfied = "character"))
data$kind <- factor(data$kind)
data$endless <- Inf
plain <- svydesign(ids = ~block + shop, strata = ~community, weights = ~weight, fpc = ~blocks + endless, data = data)
totals <- c(`(Intercept)` = 3000, kindgoods = 1400, kindservices = 700)
designs <- list(plain = plain,
                linear = calibrate(plain, ~kind, totals),
                raking = calibrate(plain, ~kind, totals, calfun = "raking", epsilon = 1e-13, maxit = 200))

complained <- ifelse(is.na(data$complaints), 0, data$complaints)
inside <- with(data, !is.na(staff) & !is.na(trained) & trained <= staff & staff > 0)
ranked <- !is.na(data$first)
place <- ifelse(ranked, regexpr("1", data$first, fixed = TRUE), NA)
pairs <- list(
  trained_staff = list(y = ifelse(inside, data$trained, 0), x = ifelse(inside, data$staff, 0), seen = inside),
  complaint_rate = list(y = 100 * complained, x = data$visits, seen = data$visits > 0),
  satisfaction = list(y = as.numeric(data$satisfied %in% c("1", "2")), x = rep(1, nrow(data)), seen = rep(TRUE, nrow(data))),
  satisfaction.second = list(y = as.numeric(data$satisfied %in% c("1", "2")), x = as.numeric(data$satisfied != "9"),
                             seen = data$satisfied != "9"),
  rank_middle = list(y = ifelse(ranked, ifelse(place > 0, place, (4 + 5 + 6) / 3), 0), x = as.numeric(ranked), seen = ranked),
  rank_given = list(y = ifelse(ranked & place > 0, place, 0), x = as.numeric(ranked & place > 0), seen = ranked & place > 0))

for (d in names(designs)) for (name in names(pairs)) for (group in list("", "C0", "C1", "C2", "C3", "C4", "C5")) {
  des <- designs[[d]]
  des$variables$.y <- pairs[[name]]$y; des$variables$.x <- pairs[[name]]$x
  s <- if (group == "") des else subset(des, data$community == group)
  r <- svyratio(~.y, ~.x, s)
  here <- pairs[[name]]$seen & (group == "" | data$community == group)
  keep(design = d, variable = name, community = group, value = as.numeric(coef(r)), standard_error = as.numeric(SE(r)),
       sample_size = sum(here))
}
finish()
