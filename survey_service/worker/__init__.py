"""What runs in the processes beside the server: ``python -m survey_service.worker``, begun by ``processes``."""
