"""What the tutorials call the WSGI entry point."""

from app import app

if __name__ == "__main__":
    app.run()
