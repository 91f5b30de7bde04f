#pragma once

#include <array>

#include "costs/table_field.h"

// Every member of every object of a table of costs. A new one is added here, to its struct in
// contracts/cost_row.h and to schemas/reelbatch_costs_v2.schema.json; table_fields_test.cc says
// where these differ.
namespace reelbatch::costs {

inline constexpr int64_t kMostSide = 65536;  // px; also of counts of cores
inline constexpr int64_t kMostUnits = 1'000'000'000;
inline constexpr double kMostMs = 3.6e6;               // an hour
inline constexpr double kMostCallMs = kMostMs * 1000;  // of many units at once

contracts::Knobs ReadKnobs(JsonMember& member);

template <>
inline constexpr std::array kFields<contracts::DeviceProfile> = {
    Text<&contracts::DeviceProfile::cpu_model>("cpu_model"),
    Whole<&contracts::DeviceProfile::cores, 0, kMostSide>("cores"),
    Number<&contracts::DeviceProfile::cores_allowed, double{kMostSide}>("cores_allowed"),
    Text<&contracts::DeviceProfile::isa>("isa"),
    Memory<&contracts::DeviceProfile::ram_mb>("ram_mb"),
    Memory<&contracts::DeviceProfile::memory_limit_mb>("memory_limit_mb"),
    Text<&contracts::DeviceProfile::governor>("governor"),
    Text<&contracts::DeviceProfile::gpu_name>("gpu_name"),
    Memory<&contracts::DeviceProfile::vram_mb>("vram_mb"),
    Text<&contracts::DeviceProfile::driver>("driver"),
    Text<&contracts::DeviceProfile::cuda>("cuda"),
    Text<&contracts::DeviceProfile::os>("os"),
};

template <>
inline constexpr std::array kFields<contracts::Provenance> = {
    Text<&contracts::Provenance::path>("path"),
    Text<&contracts::Provenance::commit>("commit"),
    Flag<&contracts::Provenance::dirty>("dirty"),
    Text<&contracts::Provenance::date>("date"),
};

template <>
inline constexpr std::array kFields<contracts::CostQuality> = {
    Number<&contracts::CostQuality::f1_truth, 1.0>("f1_truth"),
    Number<&contracts::CostQuality::f1_default, 1.0>("f1_default"),
    Text<&contracts::CostQuality::report>("report"),
};

template <>
inline constexpr std::array kFields<contracts::CostSubject> = {
    RequiredText<&contracts::CostSubject::component>("component"),
    Text<&contracts::CostSubject::component_part>("component_part"),
    Text<&contracts::CostSubject::owner>("owner"),
    RequiredText<&contracts::CostSubject::unit>("unit"),
    Text<&contracts::CostSubject::unit_cost_model>("unit_cost_model"),
    Text<&contracts::CostSubject::runtime>("runtime"),
    Text<&contracts::CostSubject::model_signature>("model_signature"),
    Text<&contracts::CostSubject::preset>("preset"),
    Field<contracts::CostSubject>{
        "knobs",
        [](JsonMember& member, TableBlocks&, contracts::CostSubject& subject) {
          subject.knobs = ReadKnobs(member);
        },
        WriteMember<&contracts::CostSubject::knobs, Written::kUnlessUsual>},
    Whole<&contracts::CostSubject::max_batch_size_component, 1, kMostUnits>(
        "max_batch_size_component"),
    Flag<&contracts::CostSubject::cross_video_batching>("cross_video_batching"),
    Text<&contracts::CostSubject::cross_video_constraints>("cross_video_constraints"),
    Texts<&contracts::CostSubject::needs>("needs"),
    Texts<&contracts::CostSubject::uses>("uses"),
    Text<&contracts::CostSubject::notes>("notes"),
};

template <>
inline constexpr std::array kFields<contracts::InputBucket> = {
    Whole<&contracts::InputBucket::width, 0, kMostSide>("width"),
    Whole<&contracts::InputBucket::height, 0, kMostSide>("height"),
    Number<&contracts::InputBucket::fps, 10000.0>("fps"),
    Whole<&contracts::InputBucket::short_side, 0, kMostSide>("short_side"),
    Field<contracts::InputBucket>{"aspect", AspectField<&contracts::InputBucket::aspect>("").read,
                                  [](const contracts::InputBucket& bucket, TableNames& names) {
                                    return bucket.width > 0 ? ToJson(bucket.aspect, names)
                                                            : std::string();
                                  }},
    Number<&contracts::InputBucket::duration_s, 1e9>("duration_s"),
};

template <>
inline constexpr std::array kFields<contracts::CostPoint> = {
    Whole<&contracts::CostPoint::batch, 1, kMostUnits, Written::kAlways>("batch"),
    Number<&contracts::CostPoint::ms, kMostCallMs, Written::kAlways>("ms"),
    Memory<&contracts::CostPoint::peak_mb>("peak_mb"),
};

template <>
inline constexpr std::array kFields<contracts::CostTerm> = {
    RequiredText<&contracts::CostTerm::driver>("driver"),
    Number<&contracts::CostTerm::ms, kMostMs, Written::kAlways>("ms"),
};

template <>
inline constexpr std::array kFields<contracts::CostRow> = {
    Block<&contracts::CostRow::subject>("subject").Required(),
    Block<&contracts::CostRow::device>("device").Required(),
    Block<&contracts::CostRow::provenance>("source").Required(),
    Object<&contracts::CostRow::bucket>("bucket"),
    InputField<&contracts::CostRow::input_kind>("input"),
    Whole<&contracts::CostRow::threads, 1, kMostSide>("threads"),
    Whole<&contracts::CostRow::concurrency, 1, kMostSide>("concurrency"),
    Text<&contracts::CostRow::isa>("isa"),
    Number<&contracts::CostRow::latency_ms_per_unit, kMostMs>("latency_ms_per_unit"),
    Number<&contracts::CostRow::latency_ms_fixed, kMostMs>("latency_ms_fixed"),
    Memory<&contracts::CostRow::cpu_rss_peak_mb>("cpu_rss_peak_mb"),
    Memory<&contracts::CostRow::cpu_rss_raw_mb>("cpu_rss_raw_mb"),
    Memory<&contracts::CostRow::input_mb>("input_mb"),
    Memory<&contracts::CostRow::cpu_rss_fixed_mb>("cpu_rss_fixed_mb"),
    Memory<&contracts::CostRow::gpu_memory_per_task_mb>("gpu_memory_per_task_mb"),
    Memory<&contracts::CostRow::gpu_memory_fixed_mb>("gpu_memory_fixed_mb"),
    Whole<&contracts::CostRow::units_per_call, 0, kMostUnits>("units_per_call"),
    Numbers<&contracts::CostRow::samples_ms, kMostCallMs>("samples_ms"),
    Whole<&contracts::CostRow::spikes, 0, kMostUnits>("spikes"),
    Flag<&contracts::CostRow::noisy>("noisy"),
    Flag<&contracts::CostRow::extrapolated>("extrapolated"),
    Field<contracts::CostRow>{
        "points",
        [](JsonMember& member, TableBlocks& blocks, contracts::CostRow& row) {
          ReadObjects(member, blocks, row.points, [&](size_t k, const JsonPlace& where) {
            if (k > 0 && row.points[k - 1].batch >= row.points[k].batch)
              member.log.Reject(where, "batch", "must increase from point to point");
          });
        },
        WriteMember<&contracts::CostRow::points, Written::kUnlessUsual>},
    Objects<&contracts::CostRow::terms>("terms"),
    Block<&contracts::CostRow::quality>("quality"),
    Field<contracts::CostRow>{
        "measure",
        [](JsonMember& member, TableBlocks&, contracts::CostRow& row) {
          row.measure = member.Raw();
        },
        [](const contracts::CostRow& row, TableNames&) { return row.measure; }},
};

template <>
inline constexpr std::array kFields<contracts::CostSummary> = {
    Block<&contracts::CostSummary::subject>("subject").Required(),
    Block<&contracts::CostSummary::device>("device").Required(),
    Block<&contracts::CostSummary::provenance>("source").Required(),
    AspectField<&contracts::CostSummary::aspect>("aspect"),
    InputField<&contracts::CostSummary::input_kind>("input"),
    Whole<&contracts::CostSummary::threads, 1, kMostSide>("threads"),
    Whole<&contracts::CostSummary::concurrency, 1, kMostSide>("concurrency"),
    Whole<&contracts::CostSummary::buckets, 1, kMostSide>("buckets"),
    Number<&contracts::CostSummary::min_ms, kMostMs>("min_ms"),
    Number<&contracts::CostSummary::p50_ms, kMostMs>("p50_ms"),
    Number<&contracts::CostSummary::p95_ms, kMostMs>("p95_ms"),
    Number<&contracts::CostSummary::max_ms, kMostMs>("max_ms"),
};

}  // namespace reelbatch::costs
