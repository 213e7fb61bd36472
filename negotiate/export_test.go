package negotiate

// CommonAccept are the field values whose answers are ready.
var CommonAccept = commonAccept[:]

// IsCommon reports whether Best takes the answer for a field value from its table.
func IsCommon(s string) bool { return findCommon(s) >= 0 }
