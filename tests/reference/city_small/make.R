source("../common.R")
# Small cases on the data of the others: the jackknife and the four policies for a single PSU, strata that are lonely in a
# domain, labels that start anew in every stratum, replicate weights with a scale and factors of their own.
add <- function(kind, ...) records[[length(records) + 1]] <<- list(kind = kind, ...)
none <- setNames(list(), character())
figures <- function(kind, d, by, totals = TRUE, ...) {
  for (a in c("", if (nchar(by)) sort(unique(as.character(d$variables[[by]]))))) {
    e <- if (a == "") d else subset(d, d$variables[[by]] == a)
    out <- function(statistic, variable, r) add(kind, statistic = statistic, variable = variable,
      domain = if (a == "") none else setNames(list(a), by), value = as.numeric(coef(r)), standard_error = as.numeric(SE(r)), ...)
    for (v in c("aware", "takes_part", "score", "spending")) {
      e$variables$.y <- e$variables[[v]]
      f <- subset(e, !is.na(.y))
      out("mean", v, svymean(~.y, f))
      if (totals) out("total", v, svytotal(~.y, f))
    }
    out("ratio", "spending/persons", svyratio(~spending, ~persons, e))
  }
}

lonely <- read.csv("../city_lonely/data.csv", na.strings = "", stringsAsFactors = FALSE)
one <- svydesign(ids = ~grid, strata = ~community, weights = ~weight, data = lonely)
finite <- svydesign(ids = ~grid, strata = ~community, weights = ~weight, fpc = ~grids, data = lonely)
for (policy in c("certainty", "remove", "average", "adjust")) {
  options(survey.lonely.psu = policy)
  figures("jackknife", as.svrepdesign(one, type = "JKn"), "age", lonely_psu = policy, fpc = FALSE)
  figures("jackknife", as.svrepdesign(finite, type = "JKn", fpc.method = "1/n"), "age", lonely_psu = policy, fpc = TRUE)
}

# Totals under "adjust" are left out: 4.1-1 does not centre, 4.5 and we do.
options(survey.adjust.domain.lonely = TRUE)
for (policy in c("average", "adjust")) {
  options(survey.lonely.psu = policy)
  for (by in c("rare", "persons")) suppressWarnings({
    figures("domain_lonely", one, by, totals = policy != "adjust", lonely_psu = policy, fpc = FALSE)
    figures("domain_lonely", finite, by, totals = policy != "adjust", lonely_psu = policy, fpc = TRUE)
  })
}
options(survey.adjust.domain.lonely = FALSE, survey.lonely.psu = "fail")

clusters <- read.csv("../city_clusters/data.csv", na.strings = "", stringsAsFactors = FALSE)
clusters$number <- sub(".*-", "", clusters$grid)
figures("nest", svydesign(ids = ~number, strata = ~community, weights = ~weight, data = clusters, nest = TRUE), "age")

given <- as.matrix(read.csv("../city_methods/weights.csv"))
factors <- seq(0.2, 2.1, by = 0.1)
with_factors <- function(type, ...) svrepdesign(repweights = given, weights = clusters$weight, data = clusters, type = type,
                                                combined.weights = TRUE, ...)
figures("given", with_factors("other", scale = 0.07, rscales = factors), "age", method = "other", scale = 0.07, factors = TRUE)
figures("given", with_factors("other", scale = 0.07, rscales = rep(1, 20)), "", method = "other", scale = 0.07, factors = FALSE)
figures("given", with_factors("JKn", rscales = factors), "age", method = "jkn", scale = NULL, factors = TRUE)
figures("given", with_factors("JK1", scale = 0.9), "", method = "jk1", scale = 0.9, factors = FALSE)
figures("given", with_factors("bootstrap", scale = 0.05, rscales = factors), "", method = "bootstrap", scale = 0.05, factors = TRUE)
finish()
