import type { HttpHandler } from '#platform/http';

/**
 * Where Docker Hub's API will answer. Its first segments are kept from repositories' names already,
 * and a client learns in that API's own shape that there is nothing yet.
 */
export const answerHubApi: HttpHandler = async (_request, response) => {
  response.writeHead(404, {
    'content-type': 'application/json',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
  });
  response.end(JSON.stringify({ message: 'object not found', errinfo: {} }));
};
