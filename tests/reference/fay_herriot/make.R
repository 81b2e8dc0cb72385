# Fay-Herriot by its definition: the (restricted) likelihood maximised on a line, the mean squared error of Datta & Lahiri
# (2000) written with full matrices. Where R's package sae is installed its numbers are taken beside and must agree.
library(jsonlite)
d <- read.csv("data.csv")
X <- cbind(1, d$income); y <- d$direct; psi <- d$variance
likelihood <- function(A, reml) {
  V <- diag(A + psi); Vi <- solve(V); Q <- t(X) %*% Vi %*% X
  b <- solve(Q, t(X) %*% Vi %*% y); r <- y - X %*% b
  l <- -0.5 * (determinant(V)$modulus + t(r) %*% Vi %*% r)
  as.numeric(if (reml) l - 0.5 * determinant(Q)$modulus else l)
}
fit <- function(reml) {
  A <- optimize(likelihood, c(0, 0.1), reml = reml, maximum = TRUE, tol = 1e-14)$maximum
  # optimize stops near the square root of the machine's precision; Newton on the derivative finishes.
  for (i in 1:50) {
    h <- 1e-5 * A
    slope <- (likelihood(A + h, reml) - likelihood(A - h, reml)) / (2 * h)
    bend <- (likelihood(A + h, reml) - 2 * likelihood(A, reml) + likelihood(A - h, reml)) / h^2
    A <- A - slope / bend
  }
  V <- diag(A + psi); Vi <- solve(V); Q <- solve(t(X) %*% Vi %*% X)
  b <- Q %*% t(X) %*% Vi %*% y
  G <- A * diag(nrow(d))
  eblup <- X %*% b + G %*% Vi %*% (y - X %*% b)
  B <- psi / (A + psi)
  g1 <- diag(G - G %*% Vi %*% G)
  lift <- X - G %*% Vi %*% X
  g2 <- diag(lift %*% Q %*% t(lift))
  spread <- 2 / sum(diag(Vi %*% Vi))
  g3 <- B^2 / (A + psi) * spread
  bias <- if (reml) 0 else -sum(diag(Q %*% t(X) %*% Vi %*% Vi %*% X)) / sum(diag(Vi %*% Vi))
  mse <- g1 + g2 + 2 * g3 - bias * B^2
  if (requireNamespace("sae", quietly = TRUE)) {
    there <- sae::mseFH(y ~ X - 1, psi, method = if (reml) "REML" else "ML", PRECISION = 1e-12, MAXITER = 1000)
    stopifnot(max(abs(there$est$eblup / eblup - 1)) < 1e-6, max(abs(there$mse / mse - 1)) < 1e-4)
  }
  list(model_variance = A, coefficients = as.numeric(b), standard_errors = sqrt(diag(Q)),
       eblup = as.numeric(eblup), mean_squared_error = as.numeric(mse))
}
write(toJSON(list(reml = fit(TRUE), ml = fit(FALSE)), digits = 12, auto_unbox = TRUE, pretty = TRUE), "expected.json")
