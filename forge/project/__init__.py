"""What the user wrote becomes jobs: settings, tutorials, translations, plan and shards."""
