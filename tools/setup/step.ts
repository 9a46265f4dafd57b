/** One thing that tests or the demo need on this machine. */
export interface Step {
  /** `Docker Engine`, `skopeo`. */
  readonly name: string;
  /** What installing it brings, for the one whose machine it is: `Debian package skopeo`. */
  readonly brings: string;
  /** A probe that changes nothing and takes no time to speak of. */
  isPresent(): Promise<boolean>;
  /** Throws `SetUpFailure`. */
  install(): Promise<void>;
}
