"""Rights requests: what the policy and the law grant, the states of a request and its clock, and how much proof each right asks for."""
