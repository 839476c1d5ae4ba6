#!/bin/sh
# Installs the program of a release for you alone. It needs no administrator, and changes nothing but one folder.
set -u

# A release fills in where it is. In the repository, this is empty.
releases=''

help() {
    cat <<'HELP'
usage: sh install.sh [OPTION]... [PROGRAM]

PROGRAM is verify, or mdbook-verify for those who build a course with the stock mdBook.

    --to DIR          the folder that it is installed in (default: ~/.local/bin)
    --version v1.2.3  another version than the latest
    --from URL        where the releases are, if not where this script came from
    --help            this text
HELP
}

say() { printf '%s\n' "$@"; }

usage() {
    say "install.sh: $1" >&2
    help >&2
    exit 2
}

# What happened, and what to do.
failed() {
    say "install.sh: $1" >&2
    shift
    say "$@" "Nothing was changed." >&2
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# The name that Rust has for this platform, as releases use it.
target() {
    system=$(uname -s) machine=$(uname -m)
    # macOS says that its processor is Intel's to a shell that it translates for Apple's.
    if [ "$system" = Darwin ] && [ "$(sysctl -n hw.optional.arm64 2>/dev/null)" = 1 ]; then machine=arm64; fi
    case "$system $machine" in
        'Linux x86_64' | 'Linux amd64') say x86_64-unknown-linux-musl ;;
        'Linux aarch64' | 'Linux arm64') say aarch64-unknown-linux-musl ;;
        'Darwin arm64') say aarch64-apple-darwin ;;
        'Darwin x86_64') say x86_64-apple-darwin ;;
        MINGW*' x86_64' | MSYS*' x86_64' | CYGWIN*' x86_64') say x86_64-pc-windows-msvc ;;
        *) failed "there is no program for $system on $machine." \
            "With Rust, you can build it: run 'cargo install --path verifier --locked' in a clone of the repository." ;;
    esac
}

# Downloads over HTTPS, or from this computer.
download() { # URL FILE
    case $1 in
        https://* | http://127.0.0.1[:/]* | http://localhost[:/]*) ;;
        *) failed "$1 is not an https:// address." "Give one with --from." ;;
    esac
    if has curl; then
        curl --fail --silent --show-error --location --proto-redir '=https' --output "$2" "$1"
    else
        wget -t 2 -O "$2" "$1"
    fi 2>"$work/said" || failed "$1 could not be downloaded into $to, or only in part:" "$(tail -n 3 "$work/said")" \
        "Check the address, the connection, and the free space in $to. Then run this again."
}

sum() { # FILE
    if has sha256sum; then
        sha256sum <"$1"
    elif has shasum; then
        shasum -a 256 <"$1"
    else
        openssl dgst -sha256 -r <"$1"
    fi | cut -d ' ' -f 1
}

# What a program calls itself, such as `verify 0.1.0`. Nothing if it does not run, or is another program.
named() { # FILE
    "$1" --version </dev/null 2>/dev/null | sed -n "1s/^\($program [0-9][0-9A-Za-z.+-]*\)\$/\1/p"
}

# Makes the folder, and notes in `made` the first one above it that was missing, to remove if this fails.
make() { # DIR
    made='' missing=$1
    while [ -n "$missing" ] && [ ! -e "$missing" ]; do
        made=$missing
        missing=${missing%/*}
    done
    mkdir -p "$1" 2>/dev/null
}

clean_up() {
    if [ -n "$work" ]; then rm -rf "$work"; fi
    empty=$to
    while [ -n "$made" ] && rmdir "$empty" 2>/dev/null && [ "$empty" != "$made" ]; do empty=${empty%/*}; done
}

# Whether a terminal finds it, and what to begin with.
begin() {
    command=$program
    case ":$PATH:" in
        *":$to:"*)
            first=$(command -v "$program")
            if [ "$first" != "$file" ]; then
                say "$first comes before it in your PATH."
                command="'$file'"
            fi
            ;;
        *)
            say "$to is not in your PATH. Add this line to your shell's profile: export PATH=\"$to:\$PATH\""
            command="'$file'"
            ;;
    esac
    case $program in
        verify) say "To begin: $command serve --open" ;;
        *) say "To begin: $command install, in the course's folder" ;;
    esac
}

main() {
    to=${HOME:+$HOME/.local/bin} program=verify which=latest/download
    while [ $# -gt 0 ]; do
        case $1 in --to | --version | --from) [ -n "${2:-}" ] || usage "$1 needs a value." ;; esac
        case $1 in
            --help) help; exit ;;
            --to) to=${2%/}; shift ;;
            --version) which=download/v${2#v}; shift ;;
            --from) releases=${2%/}; shift ;;
            verify | mdbook-verify) program=$1 ;;
            *) usage "there is no option or program $1." ;;
        esac
        shift
    done
    [ -n "$releases" ] || usage "this copy does not know where the releases are. Take the one of a release, or give --from."
    [ -n "$to" ] || usage "HOME is not set. Give a folder with --to."
    case $to in /*) ;; *) to=$PWD/$to ;; esac
    has curl || has wget || failed "neither curl nor wget is installed." "Install one of them, and run this again."
    has sha256sum || has shasum || has openssl || failed "no program is installed that computes SHA-256 sums." \
        "Install sha256sum, shasum or openssl, and run this again."

    target=$(target) || exit
    ending='' packed=.tar.gz
    case $target in *windows*) ending=.exe packed=.exe ;; esac
    asset=$program-$target$packed
    [ "$packed" = .exe ] || { has tar && has gzip; } || failed "no program is installed that unpacks a .tar.gz." \
        "Install tar and gzip, and run this again."
    file=$to/$program$ending
    if [ -d "$file" ]; then failed "$file is a folder." "Give another folder with --to."; fi
    before=''
    if [ -e "$file" ]; then
        before=$(named "$file")
        [ -n "$before" ] || failed "$file exists, and is another program." "Give another folder with --to."
    fi

    # Beside the program, so that a lack of space or permission shows first, and the last step is a rename.
    work=''
    trap clean_up EXIT
    trap 'exit 130' HUP INT TERM
    if make "$to"; then work=$(mktemp -d "$to/.$program.XXXXXX" 2>/dev/null); fi
    [ -n "$work" ] || failed "$to cannot be written to." "Give another folder with --to."

    download "$releases/$which/SHA256SUMS" "$work/sums"
    expected=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$asset\$/\1/p" "$work/sums")
    [ "${#expected}" = 64 ] || failed "$releases/$which/SHA256SUMS has no sum for $asset." \
        "Another version may have a program for this platform. Give it with --version."

    say "Downloading $releases/$which/$asset"
    download "$releases/$which/$asset" "$work/$asset"
    found=$(sum "$work/$asset")
    [ "$found" = "$expected" ] || failed "the download is not the released program. Its SHA-256 sum is" "    $found" \
        "but SHA256SUMS has" "    $expected" "Run this again. If that does not help, tell whoever made the release."
    new=$work/$program$ending
    case $packed in
        .exe) mv "$work/$asset" "$new" ;;
        *)
            (cd "$work" && tar -xzf "$asset" "$program") 2>"$work/said" ||
                failed "the program could not be unpacked into $to:" "$(tail -n 3 "$work/said")" \
                    "Check the free space in $to. Then run this again."
            ;;
    esac
    if [ -n "$before" ] && [ "$(sum "$file")" = "$(sum "$new")" ]; then
        say "$before is installed already: $file"
        made=''
        begin
        exit
    fi
    chmod 755 "$new"
    now=$(named "$new")
    [ -n "$now" ] || failed "the program of $releases/$which does not run on this system."
    mv -f "$new" "$file" || failed "$file cannot be written." "If the program is running, end it, and run this again."
    made=''

    say "Installed $now: $file"
    if [ -n "$before" ]; then say "It replaces $before. To go back: sh install.sh --version v${before#* }"; fi
    say "To remove it: rm '$file'"
    begin
}

# In the last line, so that a script that was cut off does nothing.
main "$@"
