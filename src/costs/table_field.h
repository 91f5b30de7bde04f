#pragma once

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/json_text.h"
#include "contracts/cost_row.h"
#include "costs/json_object.h"
#include "costs/table_blocks.h"

namespace reelbatch::costs {

/// One member of the objects T of a table: its key, how it is read, and how it is written.
template <class T>
struct Field {
  std::string_view key;
  void (*read)(JsonMember& member, TableBlocks& blocks, T& object);
  /// The value as JSON; "" if the member is left out.
  std::string (*write)(const T& object, TableNames& names);
  bool required = false;

  constexpr Field Required() const { return {key, read, write, true}; }
};

/// All members of T, in the order in which they are written: costs/table_fields.h.
template <class T>
inline constexpr int kFields = 0;

template <class T>
concept HasFields = requires { kFields<T>.size(); };

template <auto kMember>
struct MemberOf;
template <class T, class V, V T::* kMember>
struct MemberOf<kMember> {
  using Object = T;
  using Value = V;
};
template <auto kMember>
using FieldOf = Field<typename MemberOf<kMember>::Object>;

inline std::string_view NameOf(contracts::Aspect aspect) { return contracts::AspectName(aspect); }
inline std::string_view NameOf(contracts::InputKind kind) { return contracts::InputKindName(kind); }

template <class T>
std::string WriteObject(const T& object, TableNames& names);

template <class V>
std::string ToJson(const V& value, TableNames& names) {
  if constexpr (std::convertible_to<V, std::string_view>) {
    return base::OneLine(std::string_view(value));
  } else if constexpr (std::is_enum_v<V>) {
    return ToJson(NameOf(value), names);
  } else if constexpr (std::is_arithmetic_v<V>) {
    return fmt::format("{}", value);
  } else if constexpr (requires { value.has_value(); }) {
    return value ? ToJson(*value, names) : std::string();
  } else if constexpr (std::same_as<V, contracts::KnobValue>) {
    return std::visit([&](const auto& held) { return ToJson(held, names); }, value);
  } else if constexpr (HasFields<V>) {
    return WriteObject(value, names);
  } else if constexpr (std::same_as<V, contracts::Knobs>) {
    std::string text;
    for (const auto& [name, knob] : value)
      text += (text.empty() ? "" : ", ") + ToJson(name, names) + ": " + ToJson(knob, names);
    return "{" + text + "}";
  } else {
    std::string text;
    for (const auto& element : value) text += (text.empty() ? "" : ", ") + ToJson(element, names);
    return "[" + text + "]";
  }
}

enum class Written : uint8_t { kUnlessUsual, kAlways };

/// The values of a new T are the defaults.
template <auto kMember, Written kWhen>
std::string WriteMember(const typename MemberOf<kMember>::Object& object, TableNames& names) {
  using T = typename MemberOf<kMember>::Object;
  const auto& value = object.*kMember;
  if constexpr (kWhen == Written::kUnlessUsual) {
    static const T usual;
    if constexpr (requires { value.front().extra; }) {
      if (value.empty()) return {};
    } else if (value == usual.*kMember) {
      return {};
    }
  }
  return ToJson(value, names);
}

template <class T>
std::string WriteObject(const T& object, TableNames& names) {
  std::string text;
  for (const Field<T>& field : kFields<T>) {
    const std::string value = field.write(object, names);
    if (!value.empty())
      fmt::format_to(std::back_inserter(text), "{}\"{}\": {}", text.empty() ? "{" : ", ", field.key,
                     value);
  }
  if (object.extra.size() > 2)
    text.append(text.empty() ? "{" : ", ").append(object.extra, 1, object.extra.size() - 2);
  return (text.empty() ? "{" : std::move(text)) + "}";
}

template <class T>
void ReadObject(simdjson::ondemand::value value, TableBlocks& blocks, JsonLog& log,
                const JsonPlace& where, T& object) {
  static constexpr uint64_t kRequired = [] {
    uint64_t bits = 0;
    for (size_t k = 0; k < kFields<T>.size(); ++k) bits |= uint64_t{kFields<T>[k].required} << k;
    return bits;
  }();
  uint64_t seen = 0;
  object.extra = ReadMembers(
      value, kFields<T>, log, where, seen,
      [&](const Field<T>& field, JsonMember& member) { field.read(member, blocks, object); });
  const uint64_t missing = kRequired & ~seen;
  if (missing != 0)
    log.Reject(where, kFields<T>[static_cast<size_t>(std::countr_zero(missing))].key, "is missing");
}

/// A list of objects. `check(index)` is called for each.
template <class T, class Check>
void ReadObjects(JsonMember& member, TableBlocks& blocks, std::vector<T>& list, Check check) {
  ReadElements(member, [&](size_t index, simdjson::ondemand::value value) {
    JsonPlace where = member.where;
    where.inner = member.key;
    where.inner_index = static_cast<int64_t>(index);
    ReadObject(value, blocks, member.log, where, list.emplace_back());
    check(index, where);
  });
}

// The kinds of members. The template argument is the member of the contract.

template <auto kMember>
constexpr FieldOf<kMember> Text(std::string_view key) {
  return {key,
          [](JsonMember& member, TableBlocks&, auto& object) { object.*kMember = member.Text(); },
          WriteMember<kMember, Written::kUnlessUsual>};
}

/// A required member that is not empty.
template <auto kMember>
constexpr FieldOf<kMember> RequiredText(std::string_view key) {
  return {key,
          [](JsonMember& member, TableBlocks&, auto& object) {
            object.*kMember = member.Text();
            if ((object.*kMember).empty()) member.Reject("is missing");
          },
          WriteMember<kMember, Written::kUnlessUsual>, true};
}

template <auto kMember>
constexpr FieldOf<kMember> Texts(std::string_view key) {
  return {key,
          [](JsonMember& member, TableBlocks&, auto& object) {
            ReadElements(member, [&](size_t, simdjson::ondemand::value text) {
              (object.*kMember)
                  .emplace_back(JsonMember{text, member.log, member.where, member.key}.Text());
            });
          },
          WriteMember<kMember, Written::kUnlessUsual>};
}

template <auto kMember>
constexpr FieldOf<kMember> Flag(std::string_view key) {
  return {key,
          [](JsonMember& member, TableBlocks&, auto& object) { object.*kMember = member.Flag(); },
          WriteMember<kMember, Written::kUnlessUsual>};
}

template <auto kMember, int64_t kLeast, int64_t kMost, Written kWhen = Written::kUnlessUsual>
constexpr FieldOf<kMember> Whole(std::string_view key) {
  return {key,
          [](JsonMember& member, TableBlocks&, auto& object) {
            object.*kMember = static_cast<int>(member.Whole(kLeast, kMost));
          },
          WriteMember<kMember, kWhen>};
}

/// A number, 0 or more. An optional one is none if the document has null or "N/A".
template <auto kMember, double kMost, Written kWhen = Written::kUnlessUsual>
constexpr FieldOf<kMember> Number(std::string_view key) {
  return {key,
          [](JsonMember& member, TableBlocks&, auto& object) {
            if constexpr (requires { (object.*kMember).has_value(); }) {
              object.*kMember = member.NumberOrNone(0, kMost);
            } else {
              object.*kMember = member.Number(0, kMost);
            }
          },
          WriteMember<kMember, kWhen>};
}

template <auto kMember, double kMost>
constexpr FieldOf<kMember> Numbers(std::string_view key) {
  return {key,
          [](JsonMember& member, TableBlocks&, auto& object) {
            ReadElements(member, [&](size_t, simdjson::ondemand::value number) {
              (object.*kMember)
                  .push_back(static_cast<float>(
                      JsonMember{number, member.log, member.where, member.key}.Number(0, kMost)));
            });
          },
          WriteMember<kMember, Written::kUnlessUsual>};
}

/// MiB in the contract; in the document, its unit.
template <auto kMember>
constexpr FieldOf<kMember> Memory(std::string_view key) {
  return {key,
          [](JsonMember& member, TableBlocks& blocks, auto& object) {
            const std::optional<double> mb = blocks.Memory(member);
            auto& value = object.*kMember;
            if constexpr (std::same_as<decltype(value), std::optional<int64_t>&>) {
              if (mb) value = std::llround(*mb);
            } else if constexpr (std::same_as<decltype(value), double&>) {
              value = mb.value_or(0);
            } else {
              value = mb;
            }
          },
          WriteMember<kMember, Written::kUnlessUsual>};
}

template <auto kMember, auto kOne, auto kOther>
void ReadChoice(JsonMember& member, TableBlocks& /*blocks*/,
                typename MemberOf<kMember>::Object& object) {
  const std::string_view name = member.Text();
  object.*kMember = name == NameOf(kOther) ? kOther : kOne;
  if (name != NameOf(object.*kMember))
    member.Reject(
        fmt::format("must be \"{}\" or \"{}\", but is '{}'", NameOf(kOne), NameOf(kOther), name));
}

template <auto kMember>
constexpr FieldOf<kMember> AspectField(std::string_view key) {
  return {key, ReadChoice<kMember, contracts::Aspect::k16x9, contracts::Aspect::k9x16>,
          WriteMember<kMember, Written::kAlways>};
}

template <auto kMember>
constexpr FieldOf<kMember> InputField(std::string_view key) {
  return {key, ReadChoice<kMember, contracts::InputKind::kNoise, contracts::InputKind::kReal>,
          WriteMember<kMember, Written::kAlways>};
}

/// The name of a shared block.
template <auto kMember>
constexpr FieldOf<kMember> Block(std::string_view key) {
  using T = std::remove_const_t<typename MemberOf<kMember>::Value::element_type>;
  return {key,
          [](JsonMember& member, TableBlocks& blocks, auto& object) {
            object.*kMember = blocks.Of<T>().Find(member);
          },
          [](const auto& object, TableNames& names) {
            return object.*kMember ? ToJson(names.NameOf(*(object.*kMember)), names)
                                   : std::string();
          }};
}

template <auto kMember>
constexpr FieldOf<kMember> Object(std::string_view key) {
  return {key,
          [](JsonMember& member, TableBlocks& blocks, auto& object) {
            JsonPlace where = member.where;
            where.inner = member.key;
            ReadObject(member.value, blocks, member.log, where, object.*kMember);
          },
          WriteMember<kMember, Written::kUnlessUsual>};
}

template <auto kMember>
constexpr FieldOf<kMember> Objects(std::string_view key) {
  return {key,
          [](JsonMember& member, TableBlocks& blocks, auto& object) {
            ReadObjects(member, blocks, object.*kMember, [](size_t, const JsonPlace&) {});
          },
          WriteMember<kMember, Written::kUnlessUsual>};
}

}  // namespace reelbatch::costs
