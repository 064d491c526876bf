"""Answers as JSON, in the one shape that the command line, the API and every export have."""

from __future__ import annotations

from typing import Any

from janji.consent.rejections import Rejection
from janji.decision.explanation import Explanation
from janji.decision.layout import ANY_CHANNEL
from janji.decision.question import Question, Reason
from janji.decision.standing import Standing
from janji.errors import Diagnostic
from janji.files.shipped import read_schema
from janji.terms.messages import Tongue, printable
from janji.workflows.decisions import Answer


def diagnostic_json(found: Diagnostic, tongue: Tongue) -> dict[str, Any]:
    """A diagnostic as `schema/check.json` describes it."""
    return {
        "code": found.code, "severity": str(found.severity), "file": found.place.file, "line": found.place.line,
        "column": found.place.column, "message": found.message.render(tongue),
        "help": found.help.render(tongue) if found.help else "",
    }  # fmt: skip


def reason_json(reason: Reason, tongue: Tongue) -> dict[str, Any]:
    """A reason as `schema/decision.json` describes it."""
    found = {
        "code": reason.code, "clause": reason.clause, "clauses": list(reason.clauses), "article": reason.article,
        "text": reason.message.render(tongue),
    }  # fmt: skip
    return found if reason.record is None else {**found, "record": reason.record}


def question_json(question: Question) -> dict[str, Any]:
    """A question as `schema/decision.json` describes it; what was not asked is left out."""
    parts = {
        "purpose": str(question.purpose), "data": list(question.data), "operation": str(question.operation),
        "recipient": question.recipient, "country": question.country, "channel": question.channel,
        "agent": question.agent, "at": question.at.isoformat().replace("+00:00", "Z"),
    }  # fmt: skip
    return {key: value for key, value in parts.items() if value is not None}


def answer_json(answer: Answer, tongue: Tongue) -> dict[str, Any]:
    """An answer as `schema/decision.json` describes it."""
    decision, outcome = answer.decision, answer.outcome
    return {
        "permit": decision.permit,
        "reasons": [reason_json(reason, tongue) for reason in decision.reasons],
        "policy_version": decision.policy_version,
        "facts_digest": decision.facts_digest,
        "question": question_json(decision.question),
        "enforcement": {"mode": str(outcome.mode), "proceed": outcome.proceed},
    }


def explanation_json(explanation: Explanation, answer: Answer, tongue: Tongue) -> dict[str, Any]:
    """An explanation as `schema/explanation.json` describes it."""
    points = [
        {
            **reason_json(point.reason, tongue),
            "says": [
                {
                    "clause": str(clause.id),
                    "kind": str(clause.kind),
                    "text": printable(clause.says.get(tongue.language)),
                }
                for clause in point.clauses
            ],
            "law": {
                "article": point.rule.article,
                "text": printable(point.rule.title.get(tongue.language)),
                "source": point.rule.source,
                "confidence": str(point.rule.confidence),
            },
            "help": point.help.render(tongue),
        }
        for point in explanation.points
    ]
    return {**answer_json(answer, tongue), "reasons": points, "facts_needed": list(explanation.facts)}


def rejection_json(item: Rejection, tongue: Tongue) -> dict[str, Any]:
    """Why a choice does not count: a code, the sentence and its help, the clauses and the article."""
    return {"code": item.code, "clauses": list(item.clauses), "article": item.article, "text": item.message.render(tongue),
            "help": item.help.render(tongue)}  # fmt: skip


def standing_json(standing: Standing) -> dict[str, Any]:
    """A standing as JSON, in the words of the facts file; what says nothing is left out."""
    consents = [
        {"purpose": str(one.purpose), **({"channel": str(one.channel)} if one.channel not in (None, ANY_CHANNEL) else {}), "version": one.version, "state": str(one.state)}
        for one in standing.consents
    ]  # fmt: skip
    held: dict[str, Any] = {
        "born_by": str(standing.born) if standing.born else None, "age": str(standing.age) if standing.age else None,
        "guardian": standing.guardian, "third_person": standing.third_person, "quarantined": standing.quarantined,
        "restricted": standing.restricted, "restricted_purposes": list(standing.restricted_purposes),
        "delayed": standing.delayed, "delayed_purposes": list(standing.delayed_purposes), "consents": consents,
        "agreements": list(standing.agreements), "objections": list(standing.objections),
        "automated_objections": list(standing.automated_objections), "authorisations": list(standing.authorisations),
        "transfer_consents": [{"recipient": one.recipient, "country": one.country} for one in standing.transfer_consents],
        "ended": list(standing.ended),
    }  # fmt: skip
    return {key: value for key, value in held.items() if value}


def answer_schema(name: str) -> dict[str, Any]:
    """The published JSON Schema of an answer, by its name; raises `Corrupt` when there is none."""
    return read_schema(name)
