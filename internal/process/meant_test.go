package process_test

import (
	"fmt"
	"testing"

	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/schema"
)

// Whoever is named in another way than by the handle is found, surely where no
// other can be meant.
func TestWhoIsMeant(t *testing.T) {
	t.Parallel()
	d := schema.Directory{People: map[schema.Handle]schema.Person{
		"zlindqvist": {Name: "Zoë Lindqvist", GitHub: "zl-harborline", GitLab: "zoe.l", Email: "Zoe.Lindqvist@harborline.example", Slack: "U0CN50LP9"},
		"isorlie":    {Name: "Ingrid Sørlie"},
		"jmakela":    {Name: "Jussi Mäkelä"},
		"sorourke":   {Name: "Sinéad O'Rourke"},
		"lnguyen":    {Name: "Nguyễn Thị Lan"},
		"xzhao":      {Name: "Zhao Xiaoming"},
		"jdoe":       {Name: "Jo Doe"},
		"jdoe2":      {Name: "Jo Doe"},
		"jsmith":     {Name: "Jo Smith"},
		"cdubois":    {Name: "Claire Dubois-Martin"},
		"lw":         {Name: "Łukasz Wiśniewski"},
		"eyildiz":    {Name: "Elif Yıldız"},
	}}
	for text, want := range map[string]string{
		"Zoë Lindqvist":                    "name [zlindqvist] surely",
		"zoe lindqvist":                    "name [zlindqvist] surely",
		"Zoe\u0308 Lindqvist":              "name [zlindqvist] surely",
		"Zoë\u00a0Lindqvist":               "name [zlindqvist] surely",
		"Lindqvist, Zoë":                   "name [zlindqvist] surely",
		"LINDQVIST Zoë":                    "name [zlindqvist] surely",
		"Z. Lindqvist":                     "name [zlindqvist] surely",
		"Z Lindqvist":                      "name [zlindqvist] surely",
		"Lindqvist, Z.":                    "name [zlindqvist] surely",
		"Zoë L.":                           "name [zlindqvist] surely",
		"Zoë M. Lindqvist":                 "name [zlindqvist] surely",
		"Zoe Lindquist":                    "name [zlindqvist] surely",
		"Lindqvist":                        "name [zlindqvist]",
		"Zoë":                              "name [zlindqvist]",
		"Z. L.":                            "name [zlindqvist]",
		"“Zoë Lindqvist”":                  "name [zlindqvist] surely",
		"zoe.lindqvist@HARBORLINE.example": "e-mail address [zlindqvist] surely",
		"mailto:zoe.lindqvist@harborline.example":   "e-mail address [zlindqvist] surely",
		"Zoe L. <zoe.lindqvist@harborline.example>": "e-mail address [zlindqvist] surely",
		"zoe.lindquist@harborline.example":          "e-mail address [zlindqvist] surely",
		"nobody@elsewhere.example":                  "e-mail address []",
		"ZL-Harborline":                             "GitHub login [zlindqvist] surely",
		"@zl-harborline":                            "GitHub login [zlindqvist] surely",
		"https://github.com/zl-harborline":          "GitHub login [zlindqvist] surely",
		"@Zoe.L":                                    "GitLab login [zlindqvist] surely",
		"U0CN50LP9":                                 "Slack id [zlindqvist] surely",
		"ZLindqvist":                                "handle [zlindqvist] surely",
		"@zlindqvist":                               "handle [zlindqvist] surely",
		"zlindquist":                                "handle [zlindqvist] surely",
		"Ingrid Sorlie":                             "name [isorlie] surely",
		"Ingrid Soerlie":                            "name [isorlie] surely",
		"Jussi Maekelae":                            "name [jmakela] surely",
		"Sinead ORourke":                            "name [sorourke] surely",
		"Sinead O’Rourke":                           "name [sorourke] surely",
		"Lan Nguyen":                                "name [lnguyen] surely",
		"Xiaoming Zhao":                             "name [xzhao] surely",
		"Claire Dubois":                             "name [cdubois] surely",
		"Lukasz Wisniewski":                         "name [lw] surely",
		"Elif Yildiz":                               "name [eyildiz] surely",
		"Jo Doe":                                    "name [jdoe jdoe2]",
		"Jo":                                        "name [jdoe jdoe2 jsmith]",
		"Priya Patel":                               "name []",
		"somebody":                                  "handle []",
		"@":                                         "handle []",
		"":                                          "handle []",
		"tomorrow":                                  "handle []",
	} {
		m := process.WhoIsMeant(d, text)
		got := fmt.Sprintf("%s %v", m.As, m.Who)
		if m.Surely {
			got += " surely"
		}
		if got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}
