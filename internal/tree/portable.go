package tree

import (
	"slices"
	"strings"
)

// devices are the names that Windows keeps for itself, in any case and with any
// ending, beside those with a number: no file of such a name can be checked out
// there (P40).
var devices = []string{"con", "prn", "aux", "nul"}

// IsDevice reports whether a file's name without its ending is one that Windows
// keeps for a device.
func IsDevice(stem string) bool {
	stem = strings.ToLower(stem)
	if slices.Contains(devices, stem) {
		return true
	}
	number, is := strings.CutPrefix(stem, "com")
	if !is {
		number, is = strings.CutPrefix(stem, "lpt")
	}
	return is && len(number) == 1 && "1" <= number && number <= "9"
}
