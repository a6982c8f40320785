#!/bin/sh
# Good and bad files to drop on the window: make_files.sh PROGRAM FOLDER
program=$1 folder=$2
mkdir -p "$folder/folder"
cd "$folder" || exit 1
for cell in lstm gru; do
    "$program" train --quiet --cell $cell --hidden 3 --steps 8 --task sine --updates 1 -o $cell.safetensors > /dev/null || exit 1
done
size=$(wc -c < lstm.safetensors) header=$(od -An -tu8 -N8 lstm.safetensors)
head -c $((size - 17)) lstm.safetensors > cut.safetensors
{ # a NaN where the first weight is
    head -c $((header + 8)) lstm.safetensors
    printf '\000\000\000\000\000\000\370\177'
    tail -c +$((header + 17)) lstm.safetensors
} > nan.safetensors
echo "not a model" > words.safetensors
: > empty.safetensors
: > empty.csv
awk 'BEGIN { print "a,b"; for (t = 0; t < 30; t++) printf "%.4f,%.4f\n", sin(t / 3), cos(t / 5) }' > series.csv
echo "one,two
three,four" > words.csv
echo "1,2
3
4,5,6" > ragged.csv
{ printf '\223NUMPY\001\000\166\000'
  printf "%-117s\n" "{'descr': '<f8', 'fortran_order': False, 'shape': (4, 2), }"
  head -c 64 /dev/zero; } > x.npy
head -c 150 x.npy > cut.npy
awk 'BEGIN { for (t = 0; t < 12; t++) print "the rain in Spain" }' > text.txt
head -c 300 /dev/zero > binary.txt
echo "what is this" > readme
