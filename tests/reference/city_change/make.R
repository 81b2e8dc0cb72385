# Change between two waves that share PSUs, each calibrated to its own register: differences of shares and of ratios in
# every domain. A community that kept a grid is one stratum of both waves; one that kept none is two.
source("../common.R")
data <- read()
known <- read.csv("register.csv", stringsAsFactors = FALSE)
waves <- sort(unique(data$wave))
kept <- sapply(unique(data$community), function(k) {
  grids <- lapply(waves, function(w) unique(data$grid[data$community == k & data$wave == w]))
  length(intersect(grids[[1]], grids[[2]])) > 0
})
apart <- !kept[data$community]
data$stratum <- ifelse(apart, paste(data$community, data$wave), data$community)
data$psu <- ifelse(apart, paste(data$grid, data$wave), data$grid)
data$wave <- factor(data$wave); data$community <- factor(data$community)
data$age_sex <- factor(paste(data$age, data$sex, sep = "*"))
data$second <- as.numeric(data$wave == waves[2])

# Each wave has margins of its own: its columns are 0 in the other.
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
             lapply(levels(data$community), function(k) list(community = k)),
             lapply(sort(unique(data$age)), function(a) list(age = a)))
for (n in names(designs)) {
  d <- designs[[n]]
  for (g in domains) {
    keeps <- rep(TRUE, nrow(data))
    for (column in names(g)) keeps <- keeps & as.character(data[[column]]) == g[[column]]
    # Second less first is the slope on the wave.
    rated <- subset(d, keeps & data$rated == 1)
    fit <- svyglm(satisfied ~ second, rated)
    keep(design = n, domain = g, statistic = "proportion", variable = "satisfied", value = coef(fit)[["second"]],
         standard_error = as.numeric(SE(fit))[2], degrees_of_freedom = degf(rated))
    # A ratio has no such model: its linearised values are added up.
    w <- as.numeric(weights(d)); u <- numeric(nrow(data)); value <- 0
    for (sign in c(-1, 1)) {
      inside <- keeps & data$second == (sign + 1) / 2
      ratio <- sum((w * data$spending)[inside]) / sum((w * data$persons)[inside])
      u[inside] <- sign * (data$spending - ratio * data$persons)[inside] / sum((w * data$persons)[inside])
      value <- value + sign * ratio
    }
    d$variables$u <- u
    keep(design = n, domain = g, statistic = "ratio", variable = "spending/persons", value = value,
         standard_error = as.numeric(SE(svytotal(~u, d))), degrees_of_freedom = degf(subset(d, keeps)))
  }
}
finish()
