/** Who may use the board and the JSON API. */
export interface Operator {
  /** Stands in the history of what they do; absent for a token without a name. */
  readonly name?: string;
  /** False: they may look, and change nothing. */
  readonly mayWrite: boolean;
}

/** An operator's token, as a configuration has it. Two may have one name: so a token is changed without a gap. */
export interface OperatorToken extends Operator {
  /** What is sent as bearer token, and entered on the board. */
  readonly token: string;
}
