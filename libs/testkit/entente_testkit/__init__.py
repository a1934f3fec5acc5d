"""What tests of the platform are made of: given/when/then, histories, faults, behaviour suites, the schema gate."""
