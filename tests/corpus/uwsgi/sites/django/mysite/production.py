"""As far as this project needs any."""

ROOT_URLCONF = "mysite.urls"
