"""``serve --certificate``: https by the service itself, where no proxy stands in front."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from survey_service.installation import Refused


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files: the certificate with the chain that leads to its authority, and its key."""

    chain: Path
    key: Path


def certificate_of(chain: Path | None, key: Path | None) -> Certificate | None:
    """Both or neither; Refused where they cannot be read or do not belong together."""
    if chain is None and key is None:
        return None
    if chain is None or key is None:
        raise Refused("--certificate and --certificate-key go together: one without the other proves nothing.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # Without the empty password OpenSSL would ask on the console, where a service has nobody to answer.
        context.load_cert_chain(chain, key, password="")
    except ssl.SSLError as fault:
        raise Refused(
            f"{chain} and {key} are no certificate with its key, without a password, in PEM form ({fault.reason})."
        ) from None
    except OSError as fault:
        raise Refused(
            f"{fault.filename or chain}: {fault.strerror}. The service's account must read both files."
        ) from None
    return Certificate(chain, key)
