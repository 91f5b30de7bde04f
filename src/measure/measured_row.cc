#include "measure/measured_row.h"

#include <utility>

#include "base/json_text.h"
#include "costs/keys.h"

namespace reelbatch::measure {
namespace {

using base::Json;

/// CostRow::measure; an empty object where there is none.
Json MeasureOf(const contracts::CostRow& row) {
  Json measure = Json::parse(row.measure, nullptr, false);
  return measure.is_object() ? measure : Json::object();
}

Json DeviceJson(const contracts::DeviceProfile& device) {
  return {device.id,
          device.cpu_model,
          device.cores,
          device.cores_allowed,
          device.isa,
          device.governor,
          device.gpu_name,
          device.driver,
          device.cuda,
          device.os,
          device.ram_mb.value_or(-1),
          device.memory_limit_mb.value_or(-1),
          device.vram_mb.value_or(-1)};
}

}  // namespace

contracts::CostRow PlannedRow(const Session& session, contracts::CostSubject subject,
                              const contracts::InputBucket& bucket) {
  contracts::CostRow row;
  row.subject = std::make_shared<contracts::CostSubject>(std::move(subject));
  row.device = session.device;
  row.provenance =
      std::make_shared<contracts::Provenance>(contracts::Provenance{.path = session.table_path,
                                                                    .commit = session.commit,
                                                                    .dirty = session.dirty,
                                                                    .date = session.date});
  row.bucket = bucket;
  row.input_kind = session.input_kind;
  row.threads = 1;
  row.concurrency = session.concurrency;
  row.isa = session.device->isa;
  const Protocol& protocol = session.protocol;
  row.measure = Json{{"profile", protocol.profile}, {"warmup", protocol.warmup},
                     {"repeats", protocol.repeats}, {"runs", protocol.runs},
                     {"frames", session.frames},    {"input", session.input},
                     {"program", session.program}}
                    .dump();
  return row;
}

contracts::CostRow PlannedRow(const Session& session, const Work& work,
                              const contracts::InputBucket& bucket) {
  return PlannedRow(session, work.Subject(), bucket);
}

std::string IdentityOf(const contracts::CostRow& row) {
  const Json measure = MeasureOf(row);
  Json identity = {costs::SubjectKey(*row.subject),
                   row.subject->preset,
                   row.subject->unit,
                   row.subject->notes,
                   DeviceJson(*row.device),
                   row.provenance->commit,
                   row.provenance->dirty,
                   costs::BucketText(row.bucket),
                   contracts::InputKindName(row.input_kind),
                   row.threads,
                   row.concurrency,
                   row.isa};
  for (const char* key : {"warmup", "repeats", "runs", "frames", "input"})
    identity.push_back(measure.value(key, Json()));
  // A commit says what is built; changes that it does not have are told apart by the program alone.
  if (row.provenance->dirty || row.provenance->commit.empty())
    identity.push_back(measure.value("program", Json()));
  return identity.dump();
}

void SetTimes(const Measurement& measured, int units, contracts::CostRow& row) {
  row.units_per_call = units;
  row.latency_ms_per_unit = measured.statistics.stable_mean / units;
  row.samples_ms.assign(measured.samples_ms.begin(), measured.samples_ms.end());
  row.spikes = measured.statistics.spikes;
  row.noisy = measured.noisy;
  Json measure = MeasureOf(row);
  measure["attempts"] = measured.attempts;
  measure["cv"] = measured.statistics.cv;
  measure["waited"] = measured.waited;
  measure["cpu_ms_per_unit"] = measured.cpu_ms / units;
  measure.erase("error");
  row.measure = measure.dump();
}

void SetMemory(const MemoryFigures& figures, contracts::CostRow& row) {
  row.cpu_rss_peak_mb = figures.peak_mb();
  row.cpu_rss_raw_mb = figures.raw_mb;
  row.input_mb = figures.input_mb;
  row.gpu_memory_per_task_mb = figures.gpu_mb;
  Json measure = MeasureOf(row);
  measure["rss_before_mb"] = figures.before_mb;
  measure["rss_rollup_mb"] = base::ValueOrNull(figures.rollup_mb);
  measure["pss_mb"] = base::ValueOrNull(figures.pss_mb);
  row.measure = measure.dump();
}

void SetError(const base::Error& error, contracts::CostRow& row) {
  Json measure = MeasureOf(row);
  measure["error"] = error.Text();
  row.measure = measure.dump();
}

std::optional<std::string> ErrorOf(const contracts::CostRow& row) {
  const Json measure = MeasureOf(row);
  if (!measure.contains("error") || !measure["error"].is_string()) return {};
  return measure["error"].get<std::string>();
}

}  // namespace reelbatch::measure
