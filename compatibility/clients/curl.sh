set -eu

status() { curl --silent --output /dev/null --write-out '%{http_code}' "$@"; }
body() { curl --silent --show-error --fail "$@"; }

body --header "Authorization: Bearer $TOKEN" "$PLATFORM_API_URL/validate" | grep --quiet '"userId":"'
body --header "X-User-Token: $TOKEN" "$PLATFORM_API_URL/check?organizationId=acme" | grep --quiet '"allowed":true'
body --json '{"email":"jane@acme.example"}' "$PLATFORM_API_URL/public/auth/discover" | grep --quiet '"method":"sso"'
test "$(status "$PLATFORM_API_URL/validate")" = 401
test "$(status --request POST "$PLATFORM_API_URL/livez")" = 404
body --http1.0 "$PLATFORM_API_URL/livez" > /dev/null
