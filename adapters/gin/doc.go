// Package denygin answers denied requests of a gin application: what a
// handler records with c.Error becomes the denial that package render writes.
//
//	router := gin.New()
//	router.HandleMethodNotAllowed = true
//	router.Use(gin.Logger(), denygin.Middleware(deny))
//
//	router.GET("/reports", func(c *gin.Context) {
//		c.Error(problem.SignInRequired)
//	})
//
// A handler or middleware after which no other may run calls [Abort], or
// gin's own AbortWithError. The engine's 404 and 405, panics, a body that is
// too large or cannot be bound, and a status without a body, as gin.BasicAuth
// sends it, are answered in the same form: see [Middleware].
//
// Every error that the package sees stays in c.Errors, where gin.Logger finds
// it, also one that came after the handler had answered. gin's recovery logs
// panics, and nothing else is logged.
package denygin
