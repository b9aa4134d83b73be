// The frontend on a bucket behind CloudFront: a function for viewer requests, runtime cloudfront-js-2.0.
// A page of the app, such as /o/acme/members and /callback, is index.html. Files keep their names, so a missing one is
// a 404 and not the app itself.
const FILE = /^\/(assets\/.*|[^/]+\.(html|ico|json|png|svg|txt|webp))$/;

// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it.
function handler(event) {
  const request = event.request;
  if (!FILE.test(request.uri)) request.uri = "/index.html";
  return request;
}
