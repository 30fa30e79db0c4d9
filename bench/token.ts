/** Opens the operator's part of every server of the bench, here and in the checkout that it is compared with. */
export const OPERATOR_TOKEN = "an-operator-token-of-the-bench";
