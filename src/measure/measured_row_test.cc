#include "measure/measured_row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "costs/input_bucket.h"
#include "measure/noise_input.h"

namespace reelbatch::measure {
namespace {

using testing::HasSubstr;

Session ASession() {
  auto device = std::make_shared<contracts::DeviceProfile>();
  device->id = "epyc-2c-avx3-24g";
  device->isa = "avx3";
  Session session;
  session.device = device;
  session.commit = "0123abcd";
  session.program = "p1";
  session.protocol = *ProtocolOf("matrix");
  session.input = "seed 1";
  session.date = "2026-11-22T14:03:09.250Z";
  session.table_path = "costs/costs.json";
  return session;
}

Work AWork() {
  return {.part = *ParsePart("hard"), .preset = contracts::Preset::kDefault, .step = {}};
}

const contracts::InputBucket kBucket = costs::GridBucket(costs::kGrid[0], contracts::Aspect::k16x9);

std::string Identity(const Session& session) {
  return IdentityOf(PlannedRow(session, AWork(), kBucket));
}

TEST(MeasuredRow, IsKnownByWhatItMeasures) {
  const Session session = ASession();
  contracts::CostRow done = PlannedRow(session, AWork(), kBucket);
  Measurement measured;
  measured.samples_ms = {63, 64, 63, 630};
  measured.statistics = StatisticsOf(measured.samples_ms);
  measured.cpu_ms = 63;
  SetTimes(measured, 63, done);
  SetMemory({.before_mb = 10, .input_mb = 5, .raw_mb = 40}, done);
  EXPECT_EQ(IdentityOf(done), Identity(session));  // figures and date change nothing
  EXPECT_NEAR(done.latency_ms_per_unit.value(), (63 + 64 + 63) / 3.0 / 63, 1e-9);
  EXPECT_EQ(done.units_per_call, 63);
  EXPECT_EQ(done.samples_ms.size(), 4U);
  EXPECT_EQ(done.spikes, 1);
  EXPECT_EQ(done.cpu_rss_peak_mb, 25);
  EXPECT_EQ(done.cpu_rss_raw_mb, 40);
  EXPECT_EQ(done.input_mb, 5);
  EXPECT_FALSE(done.gpu_memory_per_task_mb);
  EXPECT_THAT(done.measure, HasSubstr("\"cpu_ms_per_unit\":1.0"));
  EXPECT_THAT(done.measure, HasSubstr("\"rss_before_mb\":10.0"));
  EXPECT_EQ(done.provenance->date, "2026-11-22T14:03:09.250Z");
  Session later = session;
  later.date = "2026-11-23T00:00:00.000Z";
  EXPECT_EQ(Identity(later), Identity(session));
}

TEST(MeasuredRow, AnythingThatChangesFiguresMakesAnother) {
  const std::string same = Identity(ASession());
  Session other = ASession();
  other.program = "p2";
  EXPECT_EQ(Identity(other), same);  // the commit says what is built
  other.dirty = true;
  const std::string dirty = Identity(other);
  EXPECT_NE(dirty, same);
  other.program = "p3";
  EXPECT_NE(Identity(other), dirty);
  for (const auto& change : std::vector<void (*)(Session&)>{
           [](Session& s) { s.commit = "4567"; }, [](Session& s) { s.frames = 10; },
           [](Session& s) { s.protocol = *ProtocolOf("fast"); },
           [](Session& s) { s.concurrency = 2; },
           [](Session& s) { s.input_kind = contracts::InputKind::kReal; },
           [](Session& s) { s.input = "seed 2"; },
           [](Session& s) {
             auto device = std::make_shared<contracts::DeviceProfile>(*s.device);
             device->governor = "powersave";
             s.device = device;
           }}) {
    Session changed = ASession();
    change(changed);
    EXPECT_NE(Identity(changed), same);
  }
  Work fast = AWork();
  fast.preset = contracts::Preset::kFast;
  EXPECT_NE(IdentityOf(PlannedRow(ASession(), fast, kBucket)), same);
  EXPECT_NE(IdentityOf(PlannedRow(ASession(), AWork(),
                                  costs::GridBucket(costs::kGrid[1], contracts::Aspect::k16x9))),
            same);
}

TEST(MeasuredRow, CarriesItsError) {
  contracts::CostRow row = PlannedRow(ASession(), AWork(), kBucket);
  EXPECT_FALSE(ErrorOf(row));
  SetError({base::Code::kOutOfMemory, "no memory"}, row);
  EXPECT_EQ(ErrorOf(row), "no memory");
  row.measure = "not JSON";
  EXPECT_FALSE(ErrorOf(row));
}

TEST(MemoryProbe, SubtractsInputAndProgram) {
  EXPECT_DOUBLE_EQ((MemoryFigures{.before_mb = 10, .input_mb = 20, .raw_mb = 45}).peak_mb(), 15);
  EXPECT_DOUBLE_EQ((MemoryFigures{.before_mb = 30, .input_mb = 20, .raw_mb = 45}).peak_mb(), 0);
}

TEST(MemoryProbe, ReadsThisProcess) {
  auto stack = FrameStack::Make({.width = 320, .height = 180, .frames = 3});
  FillWithNoise(*stack);
  const auto figures = ProbeMemory(AWork(), dup(stack->fd()), stack->shape(), nullptr);
  ASSERT_TRUE(figures) << figures.error().Text();
  EXPECT_GT(figures->raw_mb, figures->input_mb);
  EXPECT_GT(figures->before_mb, 1);
  EXPECT_FALSE(figures->gpu_mb);
  const auto back = ParseMemoryJson(MemoryJson(*figures));
  ASSERT_TRUE(back);
  EXPECT_DOUBLE_EQ(back->raw_mb, figures->raw_mb);
  EXPECT_EQ(back->pss_mb.has_value(), figures->pss_mb.has_value());
}

TEST(MemoryProbe, RefusesAnAnswerThatIsNone) {
  for (const char* text : {"", "nonsense", "[]", "{}", "{\"before_mb\": 1, \"input_mb\": 2}",
                           "{\"before_mb\": 1, \"input_mb\": 2, \"raw_mb\": \"3\"}"}) {
    const auto parsed = ParseMemoryJson(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, base::Code::kCorrupt);
  }
}

}  // namespace
}  // namespace reelbatch::measure
