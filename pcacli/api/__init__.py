"""What ACM PCA is, as data: operations, shapes, limits, waiters, paginators, ARNs, and our own words about them."""
