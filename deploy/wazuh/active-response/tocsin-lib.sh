# Shared by tocsin-respond and tocsin-yara: POSIX sh with awk, base64 or openssl, and a SHA-256 program.
# Every name that comes from outside is data: it is quoted, never evaluated, never an option, and logged as base64 too.
# shellcheck shell=sh

LC_ALL=C
export LC_ALL
umask 077
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
export PATH

OSSEC="${TOCSIN_OSSEC:-/var/ossec}"
STATE="${TOCSIN_STATE:-$OSSEC/var/tocsin}"
LOG="$OSSEC/logs/active-responses.log"
NAME=$(basename "$0")

# json_text LINE KEY...: the text at that path of a JSON object, decoded, followed by a dot (so that $( ) keeps newlines).
# Prints nothing where it is absent or no text. A real tokenizer: a key inside a string is no key.
json_text() {
  _line=$1
  shift
  printf '%s' "$_line" | awk -v want="$*" '
    function fail() { exit 1 }
    function utf8(code) {
      if (code < 128) return sprintf("%c", code)
      if (code < 2048) return sprintf("%c%c", 192 + int(code / 64), 128 + code % 64)
      if (code < 65536) return sprintf("%c%c%c", 224 + int(code / 4096), 128 + int(code / 64) % 64, 128 + code % 64)
      return sprintf("%c%c%c%c", 240 + int(code / 262144), 128 + int(code / 4096) % 64, 128 + int(code / 64) % 64, 128 + code % 64)
    }
    function hex(digits,  n, k, v) {
      n = 0
      for (k = 1; k <= 4; k++) {
        v = index("0123456789abcdef", tolower(substr(digits, k, 1))) - 1
        if (v < 0) fail()
        n = n * 16 + v
      }
      return n
    }
    function text(  out, c, e, code, low) {
      at++
      out = ""
      for (;;) {
        if (at > size) fail()
        c = substr(json, at, 1)
        if (c == "\"") { at++; return out }
        if (c != "\\") {
          # As much plain text as there is in one step: a character at a time is quadratic in some awks.
          match(substr(json, at, 512), /^[^"\\]+/)
          out = out substr(json, at, RLENGTH)
          at += RLENGTH
          continue
        }
        e = substr(json, at + 1, 1)
        at += 2
        if (e == "n") out = out "\n"
        else if (e == "t") out = out "\t"
        else if (e == "r") out = out "\r"
        else if (e == "b") out = out "\b"
        else if (e == "f") out = out "\f"
        else if (e == "u") {
          code = hex(substr(json, at, 4))
          at += 4
          if (code >= 55296 && code < 56320 && substr(json, at, 2) == "\\u") {
            low = hex(substr(json, at + 2, 4))
            if (low >= 56320 && low < 57344) { code = 65536 + (code - 55296) * 1024 + low - 56320; at += 6 }
          }
          if (code == 0) fail()
          out = out utf8(code)
        }
        else out = out e
      }
    }
    function space() { while (substr(json, at, 1) ~ /^[ \t\r\n]$/) at++ }
    function value(path, depth,  c, key, n) {
      if (depth > 60) fail()
      space()
      c = substr(json, at, 1)
      if (c == "\"") {
        key = text()
        if (path == want) { printf "%s.", key; exit 0 }
        return
      }
      if (c == "{") {
        at++
        space()
        if (substr(json, at, 1) == "}") { at++; return }
        for (;;) {
          space()
          if (substr(json, at, 1) != "\"") fail()
          key = text()
          space()
          if (substr(json, at, 1) != ":") fail()
          at++
          value(path == "" ? key : path " " key, depth + 1)
          space()
          c = substr(json, at, 1)
          at++
          if (c == "}") return
          if (c != ",") fail()
        }
      }
      if (c == "[") {
        at++
        space()
        if (substr(json, at, 1) == "]") { at++; return }
        for (;;) {
          value(path " []", depth + 1)
          space()
          c = substr(json, at, 1)
          at++
          if (c == "]") return
          if (c != ",") fail()
        }
      }
      n = match(substr(json, at, 64), /^[-+0-9.eEtrufalsn]+/)
      if (n != 1) fail()
      at += RLENGTH
    }
    { json = json $0 }
    END { size = length(json); at = 1; value("", 0) }
  '
}

# json_quote TEXT: as a JSON string. Bytes that are no UTF-8 become question marks: the base64 beside it is exact.
json_quote() {
  _text=$1
  if command -v iconv >/dev/null 2>&1 && ! printf '%s' "$_text" | iconv -f UTF-8 -t UTF-8 >/dev/null 2>&1; then
    _text=$(printf '%s.' "$_text" | tr '\200-\377' '?')
    _text=${_text%.}
  fi
  printf '%s' "$_text" | awk '
    { all = (NR > 1 ? all "\\n" : "") escape($0) }
    END { printf "\"%s\"", all }
    function escape(line,  out, k, c, n) {
      out = ""
      for (k = 1; k <= length(line); k++) {
        c = substr(line, k, 1)
        if (c == "\"" || c == "\\") out = out "\\" c
        else if (c < " " || c == "\177") { for (n = 1; n < 32; n++) if (sprintf("%c", n) == c) break; out = out sprintf("\\u%04x", c == "\177" ? 127 : n) }
        else out = out c
      }
      return out
    }
  '
}

base64_of() {
  if command -v base64 >/dev/null 2>&1; then printf '%s' "$1" | base64 | tr -d '\n'
  else printf '%s' "$1" | openssl base64 -A; fi
}

# Decodes base64 or base64url from standard input.
base64_decode() {
  _data=$(tr -d '\r\n' | tr '_-' '/+')
  case $((${#_data} % 4)) in 2) _data="$_data==" ;; 3) _data="$_data=" ;; esac
  if command -v base64 >/dev/null 2>&1; then
    printf '%s' "$_data" | base64 -d 2>/dev/null || printf '%s' "$_data" | base64 -D 2>/dev/null
  else printf '%s\n' "$_data" | openssl base64 -d -A; fi
}

sha256_of() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1" | cut -c1-64
  elif command -v shasum >/dev/null 2>&1; then shasum -a 256 <"$1" | cut -c1-64
  else openssl dgst -sha256 -r <"$1" | cut -c1-64; fi
}

# uid gid mode mtime nlink inode size, of the thing itself, links not followed.
stat_of() {
  stat -c '%u %g %a %Y %h %i %s' -- "$1" 2>/dev/null || stat -f '%u %g %Lp %m %l %i %z' -- "$1" 2>/dev/null
}

# log_event NAME VALUE...: one line in active-responses.log that Wazuh decodes as JSON. One write: lines do not mix.
log_event() {
  _json=
  while [ $# -ge 2 ]; do
    _json="$_json${_json:+,}\"$1\":$(json_quote "$2")"
    shift 2
  done
  printf '%s active-response/bin/%s: {"tocsin":{%s}}\n' "$(date '+%Y/%m/%d %H:%M:%S')" "$NAME" "$_json" >>"$LOG"
}

# enter_folder PATH: makes the file's folder the current one, refusing symbolic links on the way, and sets FILE to
# `./name`. From then on nobody can swap the folder under us.
enter_folder() {
  case $1 in /*) ;; *) return 1 ;; esac
  _folder=${1%/*}
  _folder=${_folder:-/}
  FILE="./${1##*/}"
  case $FILE in ./ | ./. | ./..) return 1 ;; esac
  cd -P -- "$_folder" 2>/dev/null || return 1
  _here=$(pwd -P && printf .)
  [ "${_here%??}" = "$_folder" ] || [ "$_folder" = / ]
}

# The installed rules, after taking a newer signed set that the manager distributed. Prints their path.
current_rules() {
  _rules="$OSSEC/etc/tocsin/rules.yar"
  _new="$OSSEC/etc/shared/tocsin-rules.yar"
  _key="$OSSEC/etc/tocsin/rules-key.pem"
  if [ -f "$_new" ] && [ -f "$_new.sig" ] && [ -f "$_key" ] && ! cmp -s "$_new" "$_rules"; then
    _copy="$STATE/rules.$$"
    # Verified and compiled as the copy that is then installed, not as the file that may change.
    if cp -- "$_new" "$_copy" && openssl dgst -sha256 -verify "$_key" -signature "$_new.sig" "$_copy" >/dev/null 2>&1 &&
      yara -w "$_copy" /dev/null >/dev/null 2>&1; then
      mv -f -- "$_copy" "$_rules"
      log_event event rules_installed sha256 "$(sha256_of "$_rules")"
    else
      rm -f -- "$_copy"
      log_event event rules_refused detail "the distributed rules have no valid signature or do not compile: the old ones stay"
    fi
  fi
  printf '%s' "$_rules"
}
