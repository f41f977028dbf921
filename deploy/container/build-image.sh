#!/bin/sh
# Builds the image of Containerfile where no registry of images is, from Debian's and npm's packages alone.
#
#   deploy/container/build-image.sh [NAME [MIRROR...]]
#
# As root on Debian, with buildah, mmdebstrap and npm (Node 20 or later). NAME: localhost/tocsin. MIRROR: sources of Debian's
# packages as mmdebstrap takes them (a URL, a line, a file); by default Debian's own, with the security updates.
# npm is asked as this account has it set: registry, .npmrc and NODE_EXTRA_CA_CERTS; the image holds none of them.
set -eu

suite=bookworm
# npm only builds: it is in the first stage and not in the image.
npm_version=11.19.1
npm_sha512=cedb312b1b7f92421a02cfb68b4194e88f8346651dacd6acc5364a25ef5309d4a32b19616a1ff8aff865e7280c0fa5c0835a99f5cd93368991e2a80ec9da75d2

name=${1:-localhost/tocsin}
[ $# -eq 0 ] || shift
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)

say() { echo "build-image: $*" >&2; }
fail() { say "$*"; exit 1; }

[ "$(id -u)" = 0 ] || fail "run it as root: it makes a Debian root file system"
[ -f "$root/package-lock.json" ] || fail "$root is no checkout: the image is built from the sources"
for program in buildah mmdebstrap npm; do
  command -v "$program" >/dev/null || fail "$program is not here: apt-get install buildah mmdebstrap npm"
done

work=$(mktemp -d)
container=
cleanup() {
  [ -z "$container" ] || buildah rm "$container" >/dev/null
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# Commits the working container as $1.
commit() {
  buildah commit --quiet "$container" "$1" >/dev/null
  buildah rm "$container" >/dev/null
  container=
}

say "Debian $suite, without what only people read"
mmdebstrap --quiet --variant=minbase \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  "$suite" "$work/root.tar" "$@"
container=$(buildah from scratch)
buildah add --quiet "$container" "$work/root.tar" / >/dev/null
commit localhost/tocsin-debian

say "the Node that bin/runtime pins, and npm $npm_version to build with"
mkdir "$work/node"
cp "$root/bin/runtime/package.json" "$root/bin/runtime/package-lock.json" "$work/node/"
npm ci --prefix "$work/node" --ignore-scripts --silent
(cd "$work" && npm pack --silent "npm@$npm_version" >/dev/null)
echo "$npm_sha512  $work/npm-$npm_version.tgz" | sha512sum --check --quiet || fail "npm $npm_version is another one than was pinned"
mkdir "$work/npm"
tar -xzf "$work/npm-$npm_version.tgz" -C "$work/npm" --strip-components=1 --no-same-owner
container=$(buildah from localhost/tocsin-debian)
buildah copy --quiet "$container" "$work"/node/node_modules/node-linux-*/bin/node /usr/local/bin/node >/dev/null
buildah copy --quiet "$container" "$work/npm" /usr/local/lib/node_modules/npm >/dev/null
buildah run --isolation chroot "$container" -- \
  ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
commit localhost/tocsin-node

say "the image (some minutes: packages, types, console)"
set -- --build-arg "npm_config_registry=$(npm config get registry)"
npmrc=$(npm config get userconfig)
[ ! -f "$npmrc" ] || set -- "$@" --secret "id=npmrc,src=$npmrc"
[ -z "${NODE_EXTRA_CA_CERTS:-}" ] || set -- "$@" --secret "id=ca,src=$NODE_EXTRA_CA_CERTS"
# In Docker's format: OCI's has no HEALTHCHECK.
buildah bud --isolation chroot --format docker --quiet --file "$root/deploy/container/Containerfile" \
  --build-arg NODE_IMAGE=localhost/tocsin-node --build-arg DEBIAN_IMAGE=localhost/tocsin-debian \
  "$@" --tag "$name" "$root" >/dev/null
say "built $name; buildah images lists it, buildah push $name docker-archive:FILE or oci-archive:FILE takes it elsewhere"
