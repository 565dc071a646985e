package tree

import (
	"slices"
	"strings"
)

// devices are the names that Windows keeps for itself, in any case and with any
// ending, beside those with a number: no file of such a name can be checked out
// there (P40).
var devices = []string{"con", "prn", "aux", "nul"}

// Unportable says why a file of a path cannot be checked out on Windows; "" where
// it can. Of a path, each folder counts as well.
func Unportable(name string) string {
	for part := range strings.SplitSeq(name, "/") {
		stem, _, _ := strings.Cut(part, ".")
		switch i := strings.IndexFunc(part, reserved); {
		case IsDevice(strings.TrimRight(stem, " ")):
			return "Windows keeps the name `" + stem + "` for itself"
		case i >= 0:
			return "Windows knows no name with the character `" + string([]rune(part[i:])[0]) + "`"
		case strings.HasSuffix(part, "."), strings.HasSuffix(part, " "):
			return "Windows knows no name that ends with a dot or a space"
		}
	}
	return ""
}

// reserved reports whether no name on Windows has a character.
func reserved(r rune) bool { return r < ' ' || strings.ContainsRune(`<>:"\|?*`, r) }

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
