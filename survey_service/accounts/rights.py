"""Which role may do what: the one table. A role is granted on an area and holds for everything below it.

Routes ask by the types of ``permissions``, which are made of these; queries ask for the areas of a right with
``person.visible(*rights.KEY)``; templates ask ``person.may("PLAN")``. Nothing else names a role to open something.
"""

from __future__ import annotations

from typing import Final

from survey_service.models import Role

Roles = tuple[Role, ...]

# ------------------------------------------------------------------ surveys and waves
SEE_SURVEYS: Final[Roles] = (Role.MANAGER, Role.STATISTICIAN, Role.LEADER)
FOLLOW_WAVES: Final[Roles] = (Role.MANAGER, Role.STATISTICIAN)  # how far they have come, before anything is released
PLAN: Final[Roles] = (Role.MANAGER,)  # make and change surveys and waves, load cases, print letters, open and close
REVIEW: Final[Roles] = (Role.STATISTICIAN,)  # begin the review, open and see the figures
CHOOSE_REMARKS: Final[Roles] = REVIEW  # read what residents wrote, strike, choose what sheets print
# The three steps of a release; how many different people must take them is a setting.
PREPARE: Final[Roles] = (Role.STATISTICIAN,)
CHECK: Final[Roles] = (Role.STATISTICIAN, Role.MANAGER)
SIGN: Final[Roles] = (Role.MANAGER, Role.LEADER)
STAND_FOR: Final[Roles] = (Role.STATISTICIAN, Role.MANAGER, Role.LEADER)  # see how far they have come, read the proof
CORRECT: Final[Roles] = (Role.MANAGER,)  # take what was released back to review
DRAFT_CIRCULARS: Final[Roles] = (
    Role.MANAGER,
    Role.STATISTICIAN,
)  # of what was released, for the office that sends them
KEEP_RELEASES: Final[Roles] = (Role.MANAGER, Role.STATISTICIAN)  # have reports made in English, keep the sealed file
RECOMPUTE: Final[Roles] = (Role.STATISTICIAN, Role.MANAGER)
STEP_BACK: Final[Roles] = (Role.MANAGER, Role.STATISTICIAN)
READ_RELEASES: Final[Roles] = (Role.MANAGER, Role.STATISTICIAN, Role.LEADER)
EXPORT: Final[Roles] = (Role.STATISTICIAN,)  # take a wave's answers away as files
EXPORT_BY_SETTING: Final[Roles] = (*EXPORT, Role.MANAGER)  # where the installation says so
TAKE_IN: Final[Roles] = (Role.MANAGER,)  # files of answers

# ------------------------------------------------------------------ paper and keying
HANDLE_FORMS: Final[Roles] = (Role.MANAGER, Role.KEYER)  # see the batches, log what came back
PRINT: Final[Roles] = (Role.MANAGER,)
KEY: Final[Roles] = (Role.KEYER,)
SEE_KEYING: Final[Roles] = (Role.KEYER, Role.MANAGER, Role.STATISTICIAN)
DECIDE: Final[Roles] = (Role.KEYER, Role.MANAGER)  # where two keyings differ
OVERSEE_KEYING: Final[Roles] = (Role.MANAGER, Role.STATISTICIAN)  # batches, quality, the record of a form
ASSIGN_KEYING: Final[Roles] = (Role.MANAGER,)

# ------------------------------------------------------------------ the field
NOTE_VISITS: Final[Roles] = (Role.MANAGER,)  # say at a desk what came of a visit, for one case or for many
ASSIGN_CASES: Final[Roles] = (Role.MANAGER,)
VISIT: Final[Roles] = (Role.INTERVIEWER,)  # one's own cases
READ_CASES: Final[Roles] = (*FOLLOW_WAVES, Role.INTERVIEWER)
READ_SURVEYS: Final[Roles] = (*SEE_SURVEYS, Role.INTERVIEWER)
READ_SIGNED: Final[Roles] = (Role.LEADER,)  # whose work begins with what was released
SHARE_SHEETS: Final[Roles] = (Role.MANAGER, Role.LEADER)  # make a link to a sheet for somebody without an account
FOLLOW_OPENINGS: Final[Roles] = (Role.MANAGER,)  # see who opened which sheet

# ------------------------------------------------------------------ what is put right after a release (整改清单)
# Whoever answers for an area receives its sheet as a leader: the same people put right what it says.
READ_RECTIFICATION: Final[Roles] = (Role.MANAGER, Role.STATISTICIAN, Role.LEADER)
KEEP_RECTIFICATION: Final[Roles] = (Role.MANAGER,)  # accept, strike, add; who does it by when; check, look again
PUT_RIGHT: Final[Roles] = (Role.MANAGER, Role.LEADER)  # begin, say what was done, report it done

# ------------------------------------------------------------------ contact data
OPEN_CONTACTS: Final[Roles] = (Role.MANAGER,)  # whom the installation names besides, and another agreed to
AGREE_TO_READERS: Final[Roles] = (Role.ADMINISTRATOR, Role.MANAGER)

# ------------------------------------------------------------------ addresses of sampled households
OPEN_ADDRESSES: Final[Roles] = (Role.MANAGER,)  # beside those who knock, who see the doors of their own cases

# ------------------------------------------------------------------ the installation
MANAGE_ACCOUNTS: Final[Roles] = (Role.ADMINISTRATOR,)
SEE_AREAS: Final[Roles] = (Role.MANAGER, Role.STATISTICIAN, Role.ADMINISTRATOR)
CHANGE_AREAS: Final[Roles] = (Role.ADMINISTRATOR,)
BEGIN: Final[Roles] = (Role.ADMINISTRATOR, Role.INTERVIEWER)  # whose work begins on a page of its own
