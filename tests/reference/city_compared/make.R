# Figures held against each other: items of the same people, communities against each other, and a part against the
# whole that it is part of, plain and after calibration.
source("../common.R")
data <- read()
known <- read.csv("register.csv", stringsAsFactors = FALSE)
items <- c("streets", "greens", "order", "parking")
data$community <- factor(data$community); data$street <- factor(data$street)
data$age_sex <- factor(paste(data$age, data$sex, sep = "*"))
for (i in items) {
  data[[paste0(i, ".x")]] <- data[[paste0(i, "_rated")]]
  data[[paste0(i, ".y")]] <- data[[i]] * data[[paste0(i, "_rated")]]
}
formula <- ~0 + community + age_sex
population <- sapply(colnames(model.matrix(formula, data)), function(column) {
  what <- if (startsWith(column, "community")) "community" else "age*sex"
  known$adults[known$variable == what & known$category == sub("^(community|age_sex)", "", column)]
})
plain <- svydesign(ids = ~grid, strata = ~community, weights = ~weight, data = data)
designs <- list(
  plain = plain,
  linear = calibrate(plain, formula, population),
  raking = calibrate(plain, formula, population, calfun = "raking", epsilon = 1e-13, maxit = 200))

# A ratio of sums of totals, as an expression for svycontrast.
rate <- function(numerators, denominators) {
  sum_of <- function(names) paste0("(", paste0("`", names, "`", collapse = " + "), ")")
  paste0(sum_of(numerators), " / ", sum_of(denominators))
}
contrast <- function(totals, left, right) {
  found <- svycontrast(totals, list(d = parse(text = paste(left, "-", right))[[1]]))
  list(value = coef(found)[["d"]], standard_error = as.numeric(SE(found)))
}
communities <- levels(data$community)
street_of <- sapply(communities, function(k) as.character(data$street[data$community == k][1]))
areas <- c(as.list(communities), lapply(levels(data$street), function(s) communities[street_of == s]), list(communities))
names(areas) <- c(paste0("community:", communities), paste0("street:", levels(data$street)), "city:")

for (n in names(designs)) {
  d <- designs[[n]]
  # Items: within every area the totals of two items, and the difference of their ratios.
  for (a in names(areas)) {
    inside <- subset(d, community %in% areas[[a]])
    columns <- c(paste0(items, ".y"), paste0(items, ".x"))
    totals <- svytotal(as.formula(paste("~", paste0("`", columns, "`", collapse = " + "))), inside)
    names(totals) <- columns
    attr(totals, "var") <- unname(attr(totals, "var")); dimnames(attr(totals, "var")) <- list(columns, columns)
    for (i in 1:3) for (j in (i + 1):4) {
      found <- contrast(totals, rate(paste0(items[j], ".y"), paste0(items[j], ".x")),
                        rate(paste0(items[i], ".y"), paste0(items[i], ".x")))
      keep(design = n, what = "items", area = a, first = items[i], second = items[j], value = found$value,
           standard_error = found$standard_error)
    }
  }
  # Areas: totals by community with their covariance; a whole is the sum of its communities.
  for (item in items) {
    # svyby(covmat = TRUE) cannot take a calibrated design (survey 4.x): the same totals, a column each, in one svytotal.
    labels <- c(paste0(communities, ".y"), paste0(communities, ".x"))
    wide <- cbind(outer(seq_len(nrow(data)), communities, function(r, k) data[[paste0(item, ".y")]][r] * (data$community[r] == k)),
                  outer(seq_len(nrow(data)), communities, function(r, k) data[[paste0(item, ".x")]][r] * (data$community[r] == k)))
    colnames(wide) <- labels
    totals <- svytotal(wide, d)
    if (n == "plain") {
      by <- svyby(as.formula(paste0("~`", item, ".y` + `", item, ".x`")), ~community, d, svytotal, covmat = TRUE)
      order <- c(paste0(communities, ":", item, ".y"), paste0(communities, ":", item, ".x"))
      stopifnot(isTRUE(all.equal(unname(vcov(by)[order, order]), unname(vcov(totals)), tolerance = 1e-12)))
    }
    of <- function(a) rate(paste0(areas[[a]], ".y"), paste0(areas[[a]], ".x"))
    pairs <- c(lapply(communities, function(k) c(paste0("community:", k), paste0("street:", street_of[[k]]))),
               lapply(communities, function(k) c(paste0("community:", k), "city:")),
               lapply(levels(data$street), function(s) c(paste0("street:", s), "city:")),
               lapply(communities[-1], function(k) c(paste0("community:", k), paste0("community:", communities[1]))),
               lapply(levels(data$street)[-1], function(s) c(paste0("street:", s), "street:S0")))
    for (p in pairs) {
      found <- contrast(totals, of(p[1]), of(p[2]))
      keep(design = n, what = "areas", variable = item, area = p[1], against = p[2], value = found$value,
           standard_error = found$standard_error)
    }
  }
}
finish()
