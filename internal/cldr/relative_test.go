package cldr_test

import (
	"math"
	"testing"
	"testing/quick"
	"time"

	"github.com/denial-go/denial/internal/cldr"
	"github.com/denial-go/denial/internal/message"
	"github.com/google/go-cmp/cmp"
)

func TestWait(t *testing.T) {
	const s, m, h, day = time.Second, time.Minute, time.Hour, 24 * time.Hour
	for _, tt := range []struct {
		d    time.Duration
		want string
	}{
		{-s, "in 0 seconds"},
		{math.MinInt64, "in 0 seconds"},
		{0, "in 0 seconds"},
		{1, "in 1 second"},
		{s, "in 1 second"},
		{s + 1, "in 2 seconds"},
		{59 * s, "in 59 seconds"},
		{59*s + 1, "in 1 minute"}, // 60 seconds when rounded up
		{60 * s, "in 1 minute"},
		{61 * s, "in 61 seconds"},
		{90 * s, "in 90 seconds"},
		{90*s + 1, "in 2 minutes"},
		{2 * m, "in 2 minutes"},
		{2*m + s, "in 3 minutes"},
		{59*m + 1, "in 1 hour"},
		{h, "in 1 hour"},
		{h + s, "in 61 minutes"},
		{90 * m, "in 90 minutes"},
		{90*m + 1, "in 2 hours"},
		{23*h + 1, "in 1 day"},
		{day, "in 1 day"},
		{day + 1, "in 25 hours"},
		{36 * h, "in 36 hours"},
		{36*h + 1, "in 2 days"},
		{2 * day, "in 2 days"},
		{300 * h, "in 13 days"},
		{math.MaxInt64, "in 106,752 days"},
	} {
		n, unit := cldr.Wait(tt.d)
		if diff := cmp.Diff(tt.want, string(find(t, "en").AppendRelative(nil, n, unit))); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tt.d, diff)
		}
	}
}

// Nobody comes back too early, and nobody waits half as long again.
func TestWaitIsNeverLess(t *testing.T) {
	lengths := map[cldr.Unit]time.Duration{
		cldr.Second: time.Second, cldr.Minute: time.Minute, cldr.Hour: time.Hour, cldr.Day: 24 * time.Hour,
	}
	check := func(d time.Duration) bool {
		d = max(d, -d, 0)
		n, unit := cldr.Wait(d)
		if inLogs, name := message.Unit(d); inLogs != n || name != unit.String() {
			t.Errorf("%v: logs have %d %s, and people read %d %s", d, inLogs, name, n, unit)
		}
		if n > math.MaxInt64/int64(lengths[unit]) {
			return true // longer than any Duration
		}
		told := time.Duration(n) * lengths[unit]
		return told >= d && (told-d < time.Second || told-d < d/2)
	}
	for d := range int64(4 * 24 * 60 * 60) {
		for _, more := range []time.Duration{0, 1, time.Second - 1} {
			if d := time.Duration(d)*time.Second + more; !check(d) {
				t.Errorf("%v is told wrongly", d)
			}
		}
	}
	if err := quick.Check(check, nil); err != nil {
		t.Error(err)
	}
}

// Where the tables differ from CLDR, and why: see own in generate/main.go.
func TestOwnWords(t *testing.T) {
	for _, tt := range []struct {
		tag  string
		n    int64
		unit cldr.Unit
		want string
	}{
		{"ar", 45, cldr.Second, "بعد 45 ثانية"},
		{"ar", 1, cldr.Minute, "بعد دقيقة واحدة"},
		{"ar", 2, cldr.Minute, "بعد دقيقتين"},
		{"ar", 5, cldr.Minute, "بعد 5 دقائق"},
		{"ar", 2, cldr.Hour, "بعد ساعتين"},
		{"ar", 1, cldr.Day, "بعد يوم واحد"},
		{"ar", 3, cldr.Day, "بعد 3 أيام"},
		{"ar", 11, cldr.Day, "بعد 11 يومًا"},
		{"bn", 45, cldr.Second, "৪৫ সেকেন্ড পরে"},
		{"bn", 1, cldr.Minute, "১ মিনিট পরে"},
		{"bn", 5, cldr.Minute, "৫ মিনিট পরে"},
		{"bn", 2, cldr.Hour, "২ ঘণ্টা পরে"},
		{"bn", 1, cldr.Day, "১ দিন পরে"},
		{"bn", 3, cldr.Day, "৩ দিন পরে"},
		{"he", 1, cldr.Second, "בעוד שנייה"},
		{"he", 1, cldr.Minute, "בעוד דקה"},
		{"he", 2, cldr.Minute, "בעוד 2 דקות"},
		{"he", 1, cldr.Hour, "בעוד שעה"},
		{"he", 2, cldr.Hour, "בעוד שעתיים"},
		{"he", 1, cldr.Day, "בעוד יום"},
		{"he", 2, cldr.Day, "בעוד יומיים"},
		{"hi", 45, cldr.Second, "45 सेकंड बाद"},
		{"hi", 1, cldr.Minute, "1 मिनट बाद"},
		{"hi", 5, cldr.Minute, "5 मिनट बाद"},
		{"hi", 2, cldr.Hour, "2 घंटे बाद"},
		{"hi", 1, cldr.Day, "1 दिन बाद"},
		{"hi", 3, cldr.Day, "3 दिन बाद"},
		{"ur", 45, cldr.Second, "45 سیکنڈ بعد"},
		{"ur", 1, cldr.Minute, "1 منٹ بعد"},
		{"ur", 5, cldr.Minute, "5 منٹ بعد"},
		{"ur", 2, cldr.Hour, "2 گھنٹے بعد"},
		{"ur", 1, cldr.Day, "1 دن بعد"},
		{"ur", 3, cldr.Day, "3 دن بعد"}, // and not دنوں
	} {
		if diff := cmp.Diff(tt.want, string(find(t, tt.tag).AppendRelative(nil, tt.n, tt.unit))); diff != "" {
			t.Errorf("%s, %d %s (-want +got):\n%s", tt.tag, tt.n, tt.unit, diff)
		}
	}
}

func TestRelativeBelowZero(t *testing.T) {
	if diff := cmp.Diff("in 0 days", string(find(t, "en").AppendRelative(nil, math.MinInt64, cldr.Day))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNames(t *testing.T) {
	got := []string{cldr.Second.String(), cldr.Day.String(), cldr.Unit(9).String(), cldr.Few.String(), cldr.Category(9).String()}
	if diff := cmp.Diff([]string{"second", "day", "unit", "few", "other"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
