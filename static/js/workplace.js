// The keyboard of the workplace.
