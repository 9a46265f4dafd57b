import type { Command } from './commands.ts';

/**
 * Small fixed programs that look at the checkout from inside the sandbox, where symbolic links lead
 * no further than the sandbox. What varies comes as arguments, never as program text. Lists are
 * printed with a NUL behind every value, since paths may hold anything else.
 */
const probes = {
  /** ROOT PATH… → for each path its kind (file, folder, outside, missing). */
  'slipway-inspect': `
    root=$1; shift
    for path do
      if ! real=$(realpath -e -- "$path" 2>/dev/null); then kind=missing
      else
        case $real in
          "$root" | "$root"/*) if [ -d "$path" ]; then kind=folder; else kind=file; fi ;;
          *) kind=outside ;;
        esac
      fi
      printf '%s\\0' "$kind"
    done`,

  /** ROOT FOLDER NAME… → for each hook that is there: name, inside or outside, first line. */
  'slipway-hooks': `
    root=$1 folder=$2; shift 2
    for name do
      [ -f "$folder/$name" ] || continue
      case $(realpath -e -- "$folder/$name") in
        "$root"/*) place=inside; chmod +x -- "$folder/$name" ;;
        *) place=outside ;;
      esac
      printf '%s\\0%s\\0' "$name" "$place"
      if [ "$place" = inside ]; then
        printf '%s\\0' "$(head -n 1 -- "$folder/$name" | head -c 200 | tr -d '\\000')"
      else printf '\\0'; fi
    done`,

  /** FOLDER → names of test files in it. */
  'slipway-test-files': `
    cd -- "$1"
    for name in *.test.yml *-test.yml; do
      if [ -f "$name" ]; then printf '%s\\0' "$name"; fi
    done`,

  /** ROOT FILE → its first bytes; exit code 3 when it lies outside. */
  'slipway-read': `
    case $(realpath -e -- "$2") in "$1"/*) head -c 1000000 -- "$2" ;; *) exit 3 ;; esac`,

  /** FILE, content on standard input: writes it, with its folder, for its owner alone. */
  'slipway-write': `
    umask 077
    mkdir -p -- "$(dirname -- "$1")"
    cat > "$1"`,

  /** Private key on standard input: what SSH clients of this sandbox use. */
  'slipway-ssh-key': `
    umask 077
    mkdir -p "$HOME/.ssh"
    cat > "$HOME/.ssh/id_rsa"
    printf 'Host *\\n  StrictHostKeyChecking accept-new\\n' > "$HOME/.ssh/config"`,

  /** FOLDER URL REF TRACKING COMMIT BRANCH: a shallow clone; exit codes are `cloneExitCodes`. */
  'slipway-clone': `
    set -eu
    folder=$1 url=$2 ref=$3 tracking=$4 commit=$5 branch=$6
    fetch() { git fetch --no-tags --no-recurse-submodules "$@"; }
    here() { git cat-file -e "$commit^{commit}" 2>/dev/null; }
    missing() {
      git ls-remote --quiet --exit-code origin "$ref" >/dev/null && exit 11
      if [ $? = 2 ]; then exit 12; else exit 10; fi
    }
    mkdir -- "$folder"
    cd -- "$folder"
    git init --quiet .
    git config remote.origin.url "$url"
    git config remote.origin.fetch "+$ref:$tracking"
    fetch --depth=1 origin "$commit" || fetch --depth=50 origin "$ref" || missing
    here || fetch --unshallow origin "$ref" || missing
    here || missing
    if [ -n "$branch" ]; then
      git update-ref "$tracking" "$commit"
      git update-ref "$ref" "$commit"
      git symbolic-ref HEAD "$ref"
      git config "branch.$branch.remote" origin
      git config "branch.$branch.merge" "$ref"
      git reset --quiet --hard "$commit"
    else
      git checkout --quiet --detach "$commit"
      fetch --depth=1 origin "+$ref:$ref" || true
      if [ "$(git rev-parse --verify --quiet "$ref^{commit}" || true)" != "$commit" ]; then
        git update-ref "$ref" "$commit"
      fi
    fi
    set --
    for tag in $(git ls-remote --quiet --tags origin | sed -n "s/^$commit[[:space:]]*//p" | sed 's/\\^{}$//' | head -n 50); do
      [ "$tag" = "$ref" ] || set -- "$@" "+$tag:$tag"
    done
    if [ $# -gt 0 ]; then fetch --quiet --depth=1 origin "$@" || true; fi`,

  /** Submodules and LFS objects of the checkout in the working directory, where it uses them. */
  'slipway-complete-clone': `
    set -eu
    if [ -f .gitmodules ]; then git submodule update --init --recursive || exit 20; fi
    if git grep --quiet -e filter=lfs -- .gitattributes '**/.gitattributes'; then
      git lfs pull origin || exit 21
    fi`,
} as const;

export type ProbeName = keyof typeof probes;

/** The program's name stands where a shell keeps its own, so that drivers can tell probes apart. */
export function probe(name: ProbeName, ...values: readonly string[]): Command['argv'] {
  return ['sh', '-c', probes[name], name, ...values];
}

/** Whether a command is one of these programs, to the letter. */
export function isProbe([shell, flag, program, name]: readonly string[]): boolean {
  if (shell !== 'sh' || flag !== '-c' || name === undefined) return false;
  return Object.hasOwn(probes, name) && probes[name as ProbeName] === program;
}

export function splitList(output: string): readonly string[] {
  return output.split('\0').slice(0, -1);
}
