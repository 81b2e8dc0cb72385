"""The permission matrix as a table that can be read: one line for every route that asks for a person.

Columns: method, path, the roles that may use it (``anyone``: whoever is signed in), and what a person with such a role
meets when it was granted on the city | on the community that the addressed record lies in | on its sibling | on
another city. ``yes``: let in; ``no``: 403, the role does not reach that far up; ``none``: 404, as if it did not exist.
``free``: let in, and shown only what is theirs (a draft is its holder's: everybody else meets one refusal). Whoever
has no such role gets 403 wherever it was granted. Where roles meet different things, each has a line. ``void``: the
city of this test has no such record, so only the roles are tried here; the slice's own tests hold the areas.
Contact data ask for a permission of their own beside the role, so that here nobody meets them: test_contact_matrix.py
tries those who have it. Managers take data away where a setting says so: test_export_matrix.py.

A new route needs a line here, or the tests fail. Think of what each of the four should meet; do not copy what it does.
"""

from __future__ import annotations

from dataclasses import dataclass

RELATIONS = ("city", "community", "sibling", "elsewhere")
OUTCOMES = {"yes": None, "free": None, "void": None, "no": 403, "none": 404}


@dataclass(frozen=True, slots=True)
class Line:
    method: str
    path: str
    roles: frozenset[str]
    outcomes: dict[str, str]


TABLE = """
POST /sign-out                                                    anyone                       free free free free
GET  /account                                                     anyone                       free free free free
POST /account/password                                            anyone                       free free free free
GET  /account/second-factor                                       anyone                       free free free free
POST /account/second-factor                                       anyone                       free free free free
POST /account/second-factor/confirm                               anyone                       free free free free
POST /account/second-factor/codes                                 anyone                       free free free free
POST /account/second-factor/off                                   anyone                       free free free free
GET  /account/tokens                                              anyone                       free free free free
POST /account/tokens                                              anyone                       free free free free
GET  /account/tokens/{token_id}/end                               anyone                       void void void void
POST /account/tokens/{token_id}/end                               anyone                       void void void void

GET  /accounts                                                    administrator                yes  yes  free free
GET  /accounts/new                                                administrator                yes  yes  free free
POST /accounts                                                    administrator                yes  yes  free free
GET  /accounts/from-list                                          administrator                yes  yes  free free
POST /accounts/from-list                                          administrator                yes  yes  free free
GET  /accounts/from-list/empty.csv                                administrator                yes  yes  free free
GET  /accounts/from-list/empty.xlsx                               administrator                yes  yes  free free
GET  /accounts/{account_id}                                       administrator                yes  yes  none none
GET  /accounts/{account_id}/identity                              administrator                yes  yes  none none
POST /accounts/{account_id}/identity                              administrator                yes  yes  none none
POST /accounts/{account_id}/name                                  administrator                yes  yes  none none
POST /accounts/{account_id}/grants                                administrator                yes  yes  none none
GET  /accounts/{account_id}/grants/{role}/{area_code}             administrator                yes  yes  none none
POST /accounts/{account_id}/grants/{role}/{area_code}             administrator                yes  yes  none none
GET  /accounts/{account_id}/steps/{step}                          administrator                yes  yes  none none
POST /accounts/{account_id}/steps/{step}                          administrator                yes  yes  none none

GET  /start                                                       administrator,interviewer    free free free free

GET  /results                                                     leader                       free free free free

GET  /contact-readers                                             administrator,manager        free free free free
POST /contact-readers/{account_id}                                administrator,manager        none none none none

GET  /areas                                                       administrator,manager,statistician  yes yes free free
GET  /areas/{area_code}                                           administrator,manager,statistician  yes yes none none
GET  /areas/imports/{what}                                        administrator                yes  yes  free free
POST /areas/imports/{what}                                        administrator                yes  yes  free free
GET  /areas/{city_code}/map                                       administrator                yes  none none none
POST /areas/{city_code}/map                                       administrator                yes  none none none
POST /areas/{city_code}/map/remove                                administrator                yes  none none none
GET  /areas/counts                                                administrator                yes  yes  free free
POST /areas/counts                                                administrator                yes  yes  free free
GET  /areas/imports/{what}/present.csv                            administrator                yes  yes  free free

GET  /surveys                                                     leader,manager,statistician  yes  yes  yes  free
GET  /surveys/new                                                 manager                      yes  free free free
POST /surveys                                                     manager                      yes  free free free
GET  /surveys/{survey_key}                                        manager,statistician         yes  yes  yes  none
GET  /surveys/{survey_key}/indices                                manager,statistician,leader  yes  yes  yes  none
POST /surveys/{survey_key}/indices                                manager                      yes  no   no   none
POST /surveys/{survey_key}/indices/{index_key}/sign               manager,leader               void no   no   none
GET  /surveys/{survey_key}/indices/{index_key}/signed.json        manager,statistician,leader  void no   no   none
GET  /surveys/{survey_key}/rectification                          leader,manager,statistician  yes  yes  free none
GET  /surveys/{survey_key}/rectification/new                      manager                      yes  yes  free none
POST /surveys/{survey_key}/rectification/new                      manager                      yes  yes  yes  none
GET  /surveys/{survey_key}/rectification/proposals                manager                      yes  yes  free none
POST /surveys/{survey_key}/rectification/proposals                manager                      yes  yes  yes  none
GET  /surveys/{survey_key}/rectification/rows/{number}        leader,manager,statistician  yes  yes  none none
POST /surveys/{survey_key}/rectification/rows/{number}        leader,manager               yes  yes  none none
POST /surveys/{survey_key}/rectification/rows/{number}/acts   leader,manager               yes  yes  none none
POST /surveys/{survey_key}/rectification/rows/{number}/photos leader,manager               yes  yes  none none
GET  /surveys/{survey_key}/rectification/rows/{number}/photos/{photo_id} leader,manager,statistician void void none none
POST /surveys/{survey_key}/rectification/rows/{number}/photos/{photo_id}/remove leader,manager void void none none
GET  /surveys/{survey_key}/rectification/file                     leader,manager               yes  yes  yes  none
POST /surveys/{survey_key}/rectification/file                     leader,manager               yes  yes  yes  none
GET  /surveys/{survey_key}/rectification/file/present.csv         leader,manager               yes  yes  free none
GET  /surveys/{survey_key}/rectification/list.xlsx                leader,manager,statistician  yes  yes  free none
GET  /surveys/{survey_key}/rectification/summary                  leader,manager,statistician  yes  yes  free none
GET  /surveys/{survey_key}/openings                               manager                      yes  yes  free none
GET  /surveys/{survey_key}/openings.xlsx                          manager                      yes  yes  free none
GET  /surveys/{survey_key}/edit                                   manager                      yes  no   no   none
POST /surveys/{survey_key}/edit                                   manager                      yes  no   no   none
GET  /catalogue                                                   manager,statistician         free free free free
GET  /catalogue/{name}                                            manager,statistician         yes  free free free
GET  /catalogue/{name}/phone                                      manager,statistician         free free free free
GET  /catalogue/{name}/definition.yaml                            manager,statistician         free free free free
GET  /catalogue/{name}/paper-{language}.pdf                       manager,statistician         free free free free
GET  /catalogue/{name}/paper-{language}.png                       manager,statistician         free free free free
GET  /catalogue/{name}/review-{language}.pdf                      manager,statistician         free free free free
GET  /surveys/{survey_key}/questionnaires/{version_id}/changes    manager,statistician         yes  yes  yes  none
GET  /surveys/{survey_key}/questionnaires/{version_id}/review-{language}.pdf manager,statistician yes yes yes none
GET  /surveys/{survey_key}/drafts/{draft_id}/review-{language}.pdf manager                     void no   no   none
GET  /surveys/{survey_key}/drafts/new                             manager                      yes  no   no   none
POST /surveys/{survey_key}/drafts                                 manager                      yes  no   no   none
GET  /surveys/{survey_key}/drafts/{draft_id}                      manager                      void no   no   none
POST /surveys/{survey_key}/drafts/form                            manager                      yes  no   no   none
GET  /surveys/{survey_key}/drafts/{draft_id}/form.xlsx            manager                      void no   no   none
GET  /surveys/{survey_key}/questionnaires/{version_id}/form.xlsx  manager,statistician         yes  yes  yes  none
GET  /surveys/{survey_key}/drafts/{draft_id}/outline              manager                      void no   no   none
POST /surveys/{survey_key}/drafts/{draft_id}/saves                manager                      void no   no   none
GET  /surveys/{survey_key}/drafts/{draft_id}/uses                 manager                      void no   no   none
GET  /surveys/{survey_key}/drafts/{draft_id}/history              manager                      void no   no   none
POST /surveys/{survey_key}/drafts/{draft_id}/history              manager                      void no   no   none
GET  /surveys/{survey_key}/drafts/{draft_id}/phone                manager                      void no   no   none
GET  /surveys/{survey_key}/drafts/{draft_id}/keys                 manager                      void no   no   none
GET  /surveys/{survey_key}/drafts/{draft_id}/paper-{language}.pdf manager                      void no   no   none
GET  /surveys/{survey_key}/drafts/{draft_id}/paper-{language}.png manager                      void no   no   none
GET  /surveys/{survey_key}/drafts/{draft_id}/draft.yaml           manager                      void no   no   none
POST /surveys/{survey_key}/drafts/{draft_id}/version              manager                      void no   no   none
GET  /surveys/{survey_key}/drafts/{draft_id}/delete               manager                      void no   no   none
POST /surveys/{survey_key}/drafts/{draft_id}/delete               manager                      void no   no   none
GET  /surveys/{survey_key}/questionnaires/new                     manager                      yes  no   no   none
POST /surveys/{survey_key}/questionnaires                         manager                      yes  no   no   none
GET  /surveys/{survey_key}/questionnaires/shipped/{name}.yaml     manager                      yes  yes  yes  none
GET  /surveys/{survey_key}/questionnaires/{version_id}            manager,statistician         yes  yes  yes  none
GET  /surveys/{survey_key}/questionnaires/{version_id}/phone      manager,statistician         yes  yes  yes  none
GET  /surveys/{survey_key}/waves/new                              manager                      yes  no   no   none
POST /surveys/{survey_key}/waves                                  manager                      yes  no   no   none
GET  /surveys/{survey_key}/waves/{wave_key}                       manager,statistician         yes  yes  yes  none
GET  /surveys/{survey_key}/waves/{wave_key}                       leader                       none none none none
GET  /surveys/{survey_key}/waves/{wave_key}/edit                  manager                      yes  no   no   none
POST /surveys/{survey_key}/waves/{wave_key}/edit                  manager                      yes  no   no   none
GET  /surveys/{survey_key}/waves/{wave_key}/delete                manager                      yes  no   no   none
POST /surveys/{survey_key}/waves/{wave_key}/delete                manager                      yes  no   no   none
GET  /surveys/{survey_key}/waves/{wave_key}/jobs                  manager,statistician         yes  yes  yes  none
GET  /surveys/{survey_key}/waves/{wave_key}/steps/{step}          manager                      yes  no   no   none
GET  /surveys/{survey_key}/waves/{wave_key}/steps/{step}          statistician                 no   no   no   none
POST /surveys/{survey_key}/waves/{wave_key}/steps/{step}          manager                      yes  no   no   none
POST /surveys/{survey_key}/waves/{wave_key}/steps/{step}          statistician                 no   no   no   none
GET  /surveys/{survey_key}/waves/{wave_key}/codes                 manager,statistician         yes  yes  yes  none
GET  /surveys/{survey_key}/waves/{wave_key}/marks                 manager,statistician         yes  yes  yes  none
GET  /surveys/{survey_key}/waves/{wave_key}/codes/{area_code}.svg manager,statistician         yes  yes  none none
GET  /surveys/{survey_key}/waves/{wave_key}/estimates             statistician                 yes  none none none
GET  /surveys/{survey_key}/waves/{wave_key}/estimates/questions   statistician                 yes  none none none
GET  /surveys/{survey_key}/waves/{wave_key}/estimates/questions.{kind} statistician                 yes  none none none
POST /surveys/{survey_key}/waves/{wave_key}/estimates/open        statistician                 yes  none none none
GET  /surveys/{survey_key}/waves/{wave_key}/remarks               statistician                 yes  yes  free none
POST /surveys/{survey_key}/waves/{wave_key}/remarks/{question_id}/{response_id} statistician    void void void void
GET  /surveys/{survey_key}/remark-themes                          statistician                 yes  yes  yes  none
POST /surveys/{survey_key}/remark-themes                          statistician                 yes  no   no   none
POST /surveys/{survey_key}/remark-themes/{number}                 statistician                 void no   no   none
GET  /surveys/{survey_key}/waves/{wave_key}/plan                  statistician                 yes  none none none
GET  /surveys/{survey_key}/waves/{wave_key}/plan.yaml             statistician                 yes  none none none
POST /surveys/{survey_key}/waves/{wave_key}/plan                  statistician                 yes  none none none
POST /surveys/{survey_key}/waves/{wave_key}/plan/change           statistician                 yes  none none none
GET  /surveys/{survey_key}/waves/{wave_key}/release               leader,manager,statistician  yes  none none none
POST /surveys/{survey_key}/waves/{wave_key}/release               leader,manager               yes  none none none
POST /surveys/{survey_key}/waves/{wave_key}/release/prepared      statistician                 yes  none none none
POST /surveys/{survey_key}/waves/{wave_key}/release/reviewed      manager,statistician         yes  none none none
GET  /surveys/{survey_key}/waves/{wave_key}/release/proof.{language}.pdf leader,manager,statistician yes none none none
GET  /surveys/{survey_key}/waves/{wave_key}/correct               manager                      yes  none none none
POST /surveys/{survey_key}/waves/{wave_key}/correct               manager                      yes  none none none
POST /surveys/{survey_key}/waves/{wave_key}/correct/drop          manager                      yes  none none none

GET  /surveys/{survey_key}/waves/{wave_key}/exports               statistician                 yes  none none none
GET  /surveys/{survey_key}/waves/{wave_key}/exports               manager                      no   no   no   no
POST /surveys/{survey_key}/waves/{wave_key}/exports               statistician                 yes  none none none
POST /surveys/{survey_key}/waves/{wave_key}/exports               manager                      no   no   no   no
GET  /surveys/{survey_key}/waves/{wave_key}/files                 statistician                 yes  none none none
GET  /surveys/{survey_key}/waves/{wave_key}/files                 manager                      no   no   no   no
GET  /surveys/{survey_key}/waves/{wave_key}/files.zip             statistician                 void none none none
GET  /surveys/{survey_key}/waves/{wave_key}/files.zip             manager                      no   no   no   no
GET  /surveys/{survey_key}/waves/{wave_key}/files/{file_id}       statistician                 void none none none
GET  /surveys/{survey_key}/waves/{wave_key}/files/{file_id}       manager                      no   no   no   no
GET  /surveys/{survey_key}/waves/{wave_key}/exports/jobs          statistician                 yes  none none none
GET  /surveys/{survey_key}/waves/{wave_key}/exports/jobs          manager                      no   no   no   no
GET  /surveys/{survey_key}/waves/{wave_key}/exports/{export_id}/{name} statistician            void none none none
GET  /surveys/{survey_key}/waves/{wave_key}/exports/{export_id}/{name} manager                 no   no   no   no
POST /surveys/{survey_key}/waves/{wave_key}/exports/{export_id}/delete statistician            void none none none
POST /surveys/{survey_key}/waves/{wave_key}/exports/{export_id}/delete manager                 no   no   no   no

GET  /keying                                                      keyer,manager,statistician   yes  yes  yes  free
GET  /keying/{survey_key}/{wave_key}                              keyer                        yes  yes  yes  none
POST /keying/{survey_key}/{wave_key}/forms/{number}/hold          keyer                        yes  yes  none none
POST /keying/{survey_key}/{wave_key}/drafts/{keying_id}           keyer                        free free free none
POST /keying/{survey_key}/{wave_key}/forms                        keyer                        yes  yes  none none
GET  /keying/{survey_key}/{wave_key}/forms/{number}/pictures/{name} keyer                   void void none none

GET  /keying/{survey_key}/{wave_key}/batches                      manager,statistician         yes  yes  yes  none
GET  /keying/{survey_key}/{wave_key}/quality                      manager,statistician         yes  yes  yes  none
GET  /keying/{survey_key}/{wave_key}/quality.xlsx                 manager,statistician         yes  yes  yes  none
GET  /keying/{survey_key}/{wave_key}/record                       manager,statistician         yes  yes  yes  none
POST /keying/{survey_key}/{wave_key}/record                       manager,statistician         void void none none
GET  /keying/{survey_key}/{wave_key}/decide                       keyer,manager                yes  yes  yes  none
GET  /keying/{survey_key}/{wave_key}/decide/{number}              keyer,manager                void void none none
POST /keying/{survey_key}/{wave_key}/decide/{number}              keyer,manager                void void none none
GET  /keying/{survey_key}/{wave_key}/batches/{batch}              manager,statistician         void void void void
POST /keying/{survey_key}/{wave_key}/batches/{batch}              manager                      void void void void
POST /keying/{survey_key}/{wave_key}/batches/{batch}/end          manager                      void void void void

GET  /surveys/{survey_key}/waves/{wave_key}/imports               manager                      yes  free free none
POST /surveys/{survey_key}/waves/{wave_key}/imports               manager                      yes  free free none
GET  /surveys/{survey_key}/waves/{wave_key}/imports/{import_id}   manager                      void void void void
GET  /surveys/{survey_key}/waves/{wave_key}/imports/{import_id}/columns manager                      void void void void
GET  /surveys/{survey_key}/waves/{wave_key}/imports/{import_id}/job manager                      void void void void
POST /surveys/{survey_key}/waves/{wave_key}/imports/{import_id}/columns manager                      void void void void
POST /surveys/{survey_key}/waves/{wave_key}/imports/{import_id}/discard manager                      void void void void
POST /surveys/{survey_key}/waves/{wave_key}/imports/{import_id}/take-in manager                      void void void void

GET  /surveys/{survey_key}/questionnaires/{version_id}/paper-{language}.pdf manager,statistician yes yes yes none
GET  /surveys/{survey_key}/questionnaires/{version_id}/paper-{language}.png manager,statistician yes yes yes none

GET  /surveys/{survey_key}/waves/{wave_key}/cases                 manager                      yes  no   no   none
POST /surveys/{survey_key}/waves/{wave_key}/cases                 manager                      yes  no   no   none
POST /surveys/{survey_key}/waves/{wave_key}/cases/clear           manager                      yes  no   no   none
GET  /surveys/{survey_key}/waves/{wave_key}/cases/draw            manager                      yes  no   no   none
POST /surveys/{survey_key}/waves/{wave_key}/cases/draw            manager                      yes  no   no   none
GET  /surveys/{survey_key}/waves/{wave_key}/cases/draw/present.csv manager                     yes  no   no   none
GET  /surveys/{survey_key}/waves/{wave_key}/field/reserves        manager                      yes  no   no   none
POST /surveys/{survey_key}/waves/{wave_key}/field/reserves/{area_code} manager                 yes  no   no   none
GET  /surveys/{survey_key}/waves/{wave_key}/recordings            manager,statistician         yes  yes  yes  none
POST /surveys/{survey_key}/waves/{wave_key}/recordings            manager                      yes  no   no   none
POST /surveys/{survey_key}/waves/{wave_key}/recordings/remove     manager                      yes  no   no   none
GET  /surveys/{survey_key}/waves/{wave_key}/lists/{list_id}       manager,statistician         void void void none
POST /surveys/{survey_key}/waves/{wave_key}/lists/{list_id}       manager                      void void void none
GET  /surveys/{survey_key}/waves/{wave_key}/lists/{list_id}/template.xlsx manager,statistician void void void none
POST /surveys/{survey_key}/waves/{wave_key}/lists/{list_id}/entries manager                    void void void none
POST /surveys/{survey_key}/waves/{wave_key}/lists/{list_id}/entries/remove manager             void void void none
GET  /surveys/{survey_key}/waves/{wave_key}/field                 manager,statistician         yes  yes  yes  none
GET  /surveys/{survey_key}/waves/{wave_key}/field/cases           manager,statistician         yes  yes  yes  none
POST /surveys/{survey_key}/waves/{wave_key}/field/cases           manager                      yes  yes  yes  none
GET  /surveys/{survey_key}/waves/{wave_key}/field/cases.xlsx      manager,statistician         yes  yes  yes  none
GET  /surveys/{survey_key}/waves/{wave_key}/field/cases.pdf       manager,statistician         yes  yes  yes  none
GET  /surveys/{survey_key}/waves/{wave_key}/field/cases/{case_id} manager,statistician         yes  yes  none none
POST /surveys/{survey_key}/waves/{wave_key}/field/cases/{case_id} manager                      yes  yes  none none
POST /surveys/{survey_key}/waves/{wave_key}/field/visits/{visit_id}/take-back manager          yes  yes  none none
GET  /surveys/{survey_key}/waves/{wave_key}/field/supervision     manager,statistician         yes  yes  yes  none
POST /surveys/{survey_key}/waves/{wave_key}/field/supervision     manager                      yes  yes  yes  none
GET  /surveys/{survey_key}/waves/{wave_key}/field/call-backs      manager,statistician         yes  yes  yes  none
POST /surveys/{survey_key}/waves/{wave_key}/field/call-backs      manager                      yes  yes  yes  none
GET  /surveys/{survey_key}/waves/{wave_key}/field/call-backs/{case_id} manager                 yes  yes  none none
POST /surveys/{survey_key}/waves/{wave_key}/field/call-backs/{case_id} manager                 yes  yes  none none
POST /surveys/{survey_key}/waves/{wave_key}/field/call-backs/{case_id}/take-back manager       yes  yes  none none
GET  /surveys/{survey_key}/waves/{wave_key}/field/people          manager                      yes  yes  yes  none
POST /surveys/{survey_key}/waves/{wave_key}/field/people          manager                      yes  yes  yes  none
POST /surveys/{survey_key}/waves/{wave_key}/field/people/own-staff manager                     yes  no   no   none
GET  /surveys/{survey_key}/waves/{wave_key}/field/people/{account_id} manager                  void void void void
POST /surveys/{survey_key}/waves/{wave_key}/field/people/{account_id} manager                  void void void void
POST /surveys/{survey_key}/waves/{wave_key}/field/assignments     manager                      yes  yes  yes  none
GET  /visits                                                      interviewer                  free free free free
GET  /visits/{survey_key}/{wave_key}                              interviewer                  yes  yes  yes  none
GET  /visits/{survey_key}/{wave_key}/{case_id}                    interviewer                  yes  yes  none none
POST /visits/{survey_key}/{wave_key}/{case_id}                    interviewer                  yes  yes  none none
POST /visits/{survey_key}/{wave_key}/{visit_id}/take-back         interviewer                  void void void void
POST /visits/{survey_key}/{wave_key}/{case_id}/appointment        interviewer                  yes  yes  none none
POST /visits/{survey_key}/{wave_key}/{case_id}/roll               interviewer                  yes  yes  none none
POST /visits/{survey_key}/{wave_key}/{case_id}/roll/take-back     interviewer                  yes  yes  none none
POST /visits/{survey_key}/{wave_key}/{case_id}/interview          interviewer                  yes  yes  none none
GET  /calls                                                       interviewer                  free free free free
GET  /calls/{survey_key}/{wave_key}                               interviewer                  yes  yes  yes  none
GET  /calls/{survey_key}/{wave_key}/{case_id}                     interviewer                  none none none none
POST /calls/{survey_key}/{wave_key}/{case_id}                     interviewer                  none none none none
POST /calls/{survey_key}/{wave_key}/{case_id}/number              interviewer                  none none none none
POST /calls/{survey_key}/{wave_key}/{visit_id}/take-back          interviewer                  void void void void
POST /calls/{survey_key}/{wave_key}/{case_id}/interview           interviewer                  none none none none
GET  /surveys/{survey_key}/waves/{wave_key}/field/telephones      manager                      yes  yes  yes  none
POST /surveys/{survey_key}/waves/{wave_key}/field/telephones      manager                      yes  yes  yes  none
GET  /surveys/{survey_key}/waves/{wave_key}/field/telephones/present.csv manager               yes  yes  yes  none
GET  /surveys/{survey_key}/waves/{wave_key}/field/file            manager                      yes  yes  yes  none
POST /surveys/{survey_key}/waves/{wave_key}/field/file            manager                      yes  yes  yes  none
GET  /surveys/{survey_key}/waves/{wave_key}/field/file/present.csv manager                     yes  yes  yes  none
GET  /surveys/{survey_key}/waves/{wave_key}/contacts              manager                      no   no   no   no
POST /surveys/{survey_key}/waves/{wave_key}/contacts              manager                      no   no   no   no
GET  /surveys/{survey_key}/waves/{wave_key}/invitations/hotline   manager                      yes  no   no   none
GET  /surveys/{survey_key}/waves/{wave_key}/invitations/messages  manager                      yes  no   no   none
POST /surveys/{survey_key}/waves/{wave_key}/invitations/messages  manager                      yes  no   no   none
GET  /surveys/{survey_key}/waves/{wave_key}/invitations           manager                      yes  no   no   none
POST /surveys/{survey_key}/waves/{wave_key}/invitations/letters/{area_code} manager yes no no none
POST /surveys/{survey_key}/waves/{wave_key}/invitations/letters   manager                      yes  no   no   none
POST /surveys/{survey_key}/waves/{wave_key}/invitations/letters.pdf manager                    yes  no   no   none
GET  /surveys/{survey_key}/waves/{wave_key}/addresses             manager                      yes  no   no   none
POST /surveys/{survey_key}/waves/{wave_key}/addresses/key         manager                      yes  no   no   none
POST /surveys/{survey_key}/waves/{wave_key}/addresses/key/put-back manager                     yes  no   no   none
POST /surveys/{survey_key}/waves/{wave_key}/addresses/destroy     manager                      yes  no   no   none
POST /surveys/{survey_key}/waves/{wave_key}/invitations/posters   manager                      yes  no   no   none
POST /surveys/{survey_key}/waves/{wave_key}/paper                 manager                      yes  free free none
POST /surveys/{survey_key}/waves/{wave_key}/paper/{batch}/print   manager                      void void void none
GET  /surveys/{survey_key}/waves/{wave_key}/paper                 keyer,manager                yes  free free none
GET  /surveys/{survey_key}/waves/{wave_key}/paper/jobs            keyer,manager                yes  free free none
POST /surveys/{survey_key}/waves/{wave_key}/paper/returns         keyer,manager                yes  free free none
GET  /surveys/{survey_key}/waves/{wave_key}/paper/{batch}         keyer,manager                void void void none
GET  /surveys/{survey_key}/waves/{wave_key}/paper/{batch}/forms.pdf keyer,manager                void void void none
POST /surveys/{survey_key}/waves/{wave_key}/paper/{batch}/missing keyer,manager                void void void none

GET  /releases/{number}                                           leader,manager,statistician  yes  yes  none none
GET  /releases/{number}/changes                                   leader,manager,statistician  void void none none
POST /releases/{number}/recompute                                 manager,statistician         yes  no   none none
POST /releases/{number}/english                                   manager,statistician         yes  no   none none
GET  /releases/{number}/sheets/{area_code}                        leader,manager,statistician  void  void  none none
GET  /releases/{number}/sheets/{area_code}/links                  leader,manager               yes  yes  none none
POST /releases/{number}/sheets/{area_code}/links                  leader,manager               yes  yes  none none
POST /releases/{number}/sheets/{area_code}/links/{link_id}/revoke leader,manager               void void none none
POST /releases/{number}/documents                                 leader,manager,statistician  yes  yes  none none
GET  /releases/{number}/{area_code}.{language}.pdf                leader,manager,statistician  yes  yes  none none
GET  /releases/{number}/{area_code}.{language}.docx               leader,manager,statistician  void  void  none none
GET  /releases/{number}/circulars/{area_code}.docx                manager,statistician         void void none none
POST /releases/{number}/sealed                                    manager,statistician         yes  no   none none
GET  /releases/{number}/sealed/{file_id}                          leader,manager,statistician  void void none none
GET  /releases/{number}/sheets.zip                                leader,manager,statistician  yes  yes  none none
GET  /releases/{number}/set.pdf                                   leader,manager,statistician  void void none none
GET  /releases/{number}/figures.{kind}                            leader,manager,statistician  yes  yes  none none

GET  /api/v1/me                                                   anyone                       free free free free
GET  /api/v1/areas                                                anyone                       free free free free
GET  /api/v1/areas/{area_code}                                    administrator,manager,statistician  yes yes none none
GET  /api/v1/surveys                                        interviewer,leader,manager,statistician yes yes yes free
GET  /api/v1/surveys/{survey_key}                                 interviewer,manager,statistician yes yes yes none
GET  /api/v1/surveys/{survey_key}                                 leader                       none none none none
GET  /api/v1/surveys/{survey_key}/questionnaires                  interviewer,manager,statistician yes yes yes none
GET  /api/v1/surveys/{survey_key}/questionnaires                  leader                       none none none none
GET  /api/v1/surveys/{survey_key}/questionnaires/{version_id}     interviewer,manager,statistician yes yes yes none
GET  /api/v1/surveys/{survey_key}/questionnaires/{version_id}     leader                       none none none none
GET  /api/v1/surveys/{survey_key}/waves/{wave_key}                interviewer,manager,statistician yes yes yes none
GET  /api/v1/surveys/{survey_key}/waves/{wave_key}                leader                       none none none none
GET  /api/v1/surveys/{survey_key}/waves/{wave_key}/cases          interviewer,manager,statistician yes yes yes none
GET  /api/v1/surveys/{survey_key}/waves/{wave_key}/dispositions   manager,statistician         yes  yes  yes  none
POST /api/v1/surveys/{survey_key}/waves/{wave_key}/captures       interviewer                  yes  yes  yes  none
POST /api/v1/surveys/{survey_key}/waves/{wave_key}/visits         interviewer                  yes  yes  yes  none
POST /api/v1/surveys/{survey_key}/waves/{wave_key}/files          interviewer                  yes  yes  yes  none
GET  /api/v1/surveys/{survey_key}/waves/{wave_key}/questions       statistician                yes  none none none
GET  /api/v1/surveys/{survey_key}/waves/{wave_key}/exports         statistician                yes  none none none
GET  /api/v1/surveys/{survey_key}/waves/{wave_key}/exports         manager                     no   no   no   no
POST /api/v1/surveys/{survey_key}/waves/{wave_key}/exports         statistician                yes  none none none
POST /api/v1/surveys/{survey_key}/waves/{wave_key}/exports         manager                     no   no   no   no
GET  /api/v1/surveys/{survey_key}/waves/{wave_key}/exports/{export_id} statistician            void none none none
GET  /api/v1/surveys/{survey_key}/waves/{wave_key}/exports/{export_id} manager                 no   no   no   no
GET  /api/v1/surveys/{survey_key}/waves/{wave_key}/exports/{export_id}/files/{name} statistician void none none none
GET  /api/v1/surveys/{survey_key}/waves/{wave_key}/exports/{export_id}/files/{name} manager    no   no   no   no
GET  /api/v1/surveys/{survey_key}/rectification                   leader,manager,statistician  yes  yes  free none
GET  /api/v1/releases/{number}                                    leader,manager,statistician  yes  yes  none none
GET  /api/v1/releases/{number}/figures.{kind}                     leader,manager,statistician  yes  yes  none none
"""


def lines() -> dict[tuple[str, str], list[Line]]:
    """The table by method and path: one line, or one for each role where they meet different things."""
    found: dict[tuple[str, str], list[Line]] = {}
    for written in TABLE.splitlines():
        words = written.split()
        if not words:
            continue
        method, path, roles, *outcomes = words
        assert len(outcomes) == len(RELATIONS), written
        assert set(outcomes) <= set(OUTCOMES), written
        line = Line(method, path, frozenset(roles.split(",")), dict(zip(RELATIONS, outcomes, strict=True)))
        before = found.setdefault((method, path), [])
        assert not any(line.roles & other.roles for other in before), f"a role has two lines: {written}"
        before.append(line)
    return found
