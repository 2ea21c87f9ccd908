// Package api is what the five JSON APIs share. Each API is a package of its
// own below this one: it translates between its document and the store, and
// decides nothing that a page or another API would have to decide likewise;
// that is in db/core.
//
// # What stands before a handler
//
// [Server] finds the face by its base path, takes one slash off the path's end,
// and looks the call up. What is not there is a 404, another method a 405 with
// Allow, an Accept without JSON a 406, a body beyond the limit a 413, one that
// is no JSON a 415. Then the face's Authenticate says which program calls, and
// the program must not call too often (429), may use this API and has the right
// the call takes (403). A query string that cannot be read is a 400. A POST with
// an Idempotency-Key that was answered before is answered the same, marked
// Idempotent-Replayed. All of these refusals go through the face's Fail, so that
// they have the shape of its document, and the program's page of last refused
// calls tells the reason.
//
// # To write a face
//
// Package acquired is the model. A face has:
//
//   - doc.go: which document, and each decision where it is silent
//   - NAME.go: func Face(store Store) *api.Face, with the interface of the store
//     that this face needs, its routes in the order of the document, its
//     Authenticate ([Bearer], or one of its own that reads [Keys] and [Body]) and
//     its Fail
//   - a file for each resource: handlers, which read [JSON] into a [Form], call
//     one method of the store as [Actor], and [Write] a struct whose fields stand
//     in the document's order
//   - openapi.yaml: OpenAPI 3.0, every call with its good and bad answers
//   - testdata/*.txt: transcripts, run by apitest.Run, see that package
//
// A handler returns errors: the store's as they are, with faults under the
// face's own names by [Form.Named], a [Refusal] for what the store does not
// know. The server makes a [Failure] of it. To answer [Failure.Reason] is safe;
// an error's own text is not.
//
// A face is registered in three places: the list in cmd/kontor/apis.go, the
// layers in cmd/kontor/layers_test.go, and the speakers of the tests of all APIs
// together, in cmd/kontor/speaker_test.go.
//
// # Reading and writing
//
// Reads are liberal: a [Value] keeps a number as the text it was written as and
// gives it as text where a string is wanted, or the other way round; unknown
// members are passed over. [Form.Text] is told what the face shows now, because
// what does not change is not held to the face's limits. Writes are exact.
//
// Lists of whole customers are read by the store's CustomerRecords, by ID, by
// offset or by a query; a query is made of text by [core.ParseQuery], or put
// together of [core.Compare].
package api
