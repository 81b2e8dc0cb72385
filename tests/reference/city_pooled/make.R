# Three waves put together, each calibrated to its own register: a share and a ratio in every domain. The
# waves of a community that share a grid, one after another, are one stratum; a wave that shares none is one of its own.
source("../common.R")
data <- read()
known <- read.csv("register.csv", stringsAsFactors = FALSE)
waves <- sort(unique(data$wave))
group <- function(k) {  # of every wave the first of those that it is together with
  grids <- lapply(waves, function(w) unique(data$grid[data$community == k & data$wave == w]))
  of <- seq_along(waves)
  for (i in seq_along(waves)) for (j in seq_along(waves)) {
    if (i < j && length(intersect(grids[[i]], grids[[j]])) > 0) of[of == of[j]] <- of[i]
  }
  setNames(of, waves)
}
groups <- sapply(sort(unique(data$community)), group)
data$part <- groups[cbind(data$wave, data$community)]
data$stratum <- paste(data$community, data$part)
data$psu <- paste(data$grid, data$part)
data$wave <- factor(data$wave); data$community <- factor(data$community)
data$age_sex <- factor(paste(data$age, data$sex, sep = "*"))

# Each wave has margins of its own: its columns are 0 in the others.
x <- model.matrix(~0 + wave + wave:community + wave:age_sex, data)
total <- function(column) {
  parts <- strsplit(column, ":", fixed = TRUE)[[1]]
  own <- known[known$wave == sub("^wave", "", parts[1]), ]
  if (length(parts) == 1) return(sum(own$adults[own$variable == "community"]))
  what <- if (startsWith(parts[2], "community")) "community" else "age*sex"
  category <- sub("^(community|age_sex)", "", parts[2])
  own$adults[own$variable == what & own$category == category]
}
population <- sapply(colnames(x), total)
plain <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = data)
formula <- ~0 + wave + wave:community + wave:age_sex
designs <- list(
  plain = plain,
  linear = calibrate(plain, formula, population),
  raking = calibrate(plain, formula, population, calfun = "raking", epsilon = 1e-13, maxit = 200))

domains <- c(list(list()), lapply(sort(unique(data$street)), function(s) list(street = s)),
             lapply(levels(data$community), function(k) list(community = k)))
for (n in names(designs)) {
  d <- designs[[n]]
  for (g in domains) {
    keeps <- rep(TRUE, nrow(data))
    for (column in names(g)) keeps <- keeps & as.character(data[[column]]) == g[[column]]
    rated <- subset(d, keeps & data$rated == 1)
    share <- svymean(~satisfied, rated)
    keep(design = n, domain = g, statistic = "proportion", variable = "satisfied", value = as.numeric(coef(share)),
         standard_error = as.numeric(SE(share)), degrees_of_freedom = degf(rated))
    inside <- subset(d, keeps)
    ratio <- svyratio(~spending, ~persons, inside)
    keep(design = n, domain = g, statistic = "ratio", variable = "spending/persons", value = as.numeric(coef(ratio)),
         standard_error = as.numeric(SE(ratio)), degrees_of_freedom = degf(inside))
  }
}
finish()
