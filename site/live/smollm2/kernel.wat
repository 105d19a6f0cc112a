;; Matrices times vectors, four to eight numbers at a time, on weights as the model's file has them.
;;
;; A row of weights is a run of blocks of 32. In memory a block is
;;   4 bits a weight (Q4_1): 24 bytes: scale (f32), least (f32), 16 bytes: the 16 low halves are the
;;                           first 16 weights, the high halves the rest; weight = scale * half + least
;;   8 bits a weight (Q8_0): 36 bytes: scale (f32), 32 signed bytes; weight = scale * byte
;; What is multiplied with them is quantised too, finely: 32 numbers become 32 whole numbers of 16
;; bits (64 bytes), a scale, and the sum of the 32, which `least` is multiplied with. So the products
;; are whole, eight in one instruction, and each block costs two multiplications of real numbers.
;;
;; All addresses are bytes of the one memory; those of vectors are multiples of 16.
(module
  (import "env" "memory" (memory 1))

  (func $sum (param $v v128) (result f32)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $v)) (f32x4.extract_lane 1 (local.get $v)))
      (f32.add (f32x4.extract_lane 2 (local.get $v)) (f32x4.extract_lane 3 (local.get $v)))))

  ;; The `n` numbers at `x` (a multiple of 32) to 16 bits at `xq`, a scale a block at `xs`, a sum at `xm`.
  (func (export "quantise") (param $x i32) (param $n i32) (param $xq i32) (param $xs i32) (param $xm i32)
    (local $end i32) (local $stop i32) (local $v v128) (local $most v128) (local $total v128) (local $m f32)
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $n) (i32.const 2))))
    (loop $block
      (local.set $most (v128.const f32x4 0 0 0 0))
      (local.set $total (v128.const f32x4 0 0 0 0))
      (local.set $stop (i32.add (local.get $x) (i32.const 128)))
      (loop $look
        (local.set $v (v128.load (local.get $x)))
        (local.set $most (f32x4.max (local.get $most) (f32x4.abs (local.get $v))))
        (local.set $total (f32x4.add (local.get $total) (local.get $v)))
        (br_if $look (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 16))) (local.get $stop))))
      (local.set $m (f32.max
        (f32.max (f32x4.extract_lane 0 (local.get $most)) (f32x4.extract_lane 1 (local.get $most)))
        (f32.max (f32x4.extract_lane 2 (local.get $most)) (f32x4.extract_lane 3 (local.get $most)))))
      (f32.store (local.get $xs) (f32.div (local.get $m) (f32.const 32767)))
      (f32.store (local.get $xm) (call $sum (local.get $total)))
      (local.set $most (f32x4.splat ;; the factor; a block of zeros stays zero
        (select (f32.div (f32.const 32767) (local.get $m)) (f32.const 0) (f32.gt (local.get $m) (f32.const 0)))))
      (local.set $x (i32.sub (local.get $x) (i32.const 128)))
      (loop $write
        (v128.store (local.get $xq) (i16x8.narrow_i32x4_s
          (i32x4.trunc_sat_f32x4_s (f32x4.nearest (f32x4.mul (v128.load (local.get $x)) (local.get $most))))
          (i32x4.trunc_sat_f32x4_s (f32x4.nearest (f32x4.mul (v128.load offset=16 (local.get $x)) (local.get $most))))))
        (local.set $xq (i32.add (local.get $xq) (i32.const 16)))
        (br_if $write (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 32))) (local.get $stop))))
      (local.set $xs (i32.add (local.get $xs) (i32.const 4)))
      (local.set $xm (i32.add (local.get $xm) (i32.const 4)))
      (br_if $block (i32.lt_u (local.get $x) (local.get $end)))))

  ;; What quantising lost of the `n` numbers at `x`, in their place.
  (func (export "remain") (param $x i32) (param $n i32) (param $xq i32) (param $xs i32)
    (local $end i32) (local $stop i32) (local $scale v128) (local $q v128)
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $n) (i32.const 2))))
    (loop $block
      (local.set $scale (v128.load32_splat (local.get $xs)))
      (local.set $stop (i32.add (local.get $x) (i32.const 128)))
      (loop $eight
        (local.set $q (v128.load (local.get $xq)))
        (v128.store (local.get $x) (f32x4.sub (v128.load (local.get $x))
          (f32x4.mul (local.get $scale) (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $q))))))
        (v128.store offset=16 (local.get $x) (f32x4.sub (v128.load offset=16 (local.get $x))
          (f32x4.mul (local.get $scale) (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $q))))))
        (local.set $xq (i32.add (local.get $xq) (i32.const 16)))
        (br_if $eight (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 32))) (local.get $stop))))
      (local.set $xs (i32.add (local.get $xs) (i32.const 4)))
      (br_if $block (i32.lt_u (local.get $x) (local.get $end)))))

  ;; y = W x for one vector, four bits a weight.
  (func (export "q4") (param $w i32) (param $rows i32) (param $blocks i32)
                      (param $xq i32) (param $xs i32) (param $xm i32) (param $y i32)
    (local $end i32) (local $q i32) (local $s i32) (local $m i32)
    (local $halves v128) (local $low v128) (local $high v128) (local $acc v128) (local $least f32)
    (local.set $end (i32.add (local.get $xq) (i32.shl (local.get $blocks) (i32.const 6))))
    (loop $row
      (local.set $acc (v128.const f32x4 0 0 0 0))
      (local.set $least (f32.const 0))
      (local.set $q (local.get $xq))
      (local.set $s (local.get $xs))
      (local.set $m (local.get $xm))
      (loop $block
        (local.set $halves (v128.load offset=8 (local.get $w)))
        (local.set $low (v128.and (local.get $halves) (v128.const i32x4 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f)))
        (local.set $high (i8x16.shr_u (local.get $halves) (i32.const 4)))
        (local.set $acc (f32x4.add (local.get $acc) (f32x4.mul
          (f32x4.convert_i32x4_s (i32x4.add
            (i32x4.add
              (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_u (local.get $low)) (v128.load (local.get $q)))
              (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_u (local.get $low)) (v128.load offset=16 (local.get $q))))
            (i32x4.add
              (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_u (local.get $high)) (v128.load offset=32 (local.get $q)))
              (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_u (local.get $high)) (v128.load offset=48 (local.get $q))))))
          (f32x4.splat (f32.mul (f32.load (local.get $w)) (f32.load (local.get $s)))))))
        (local.set $least (f32.add (local.get $least)
          (f32.mul (f32.load offset=4 (local.get $w)) (f32.load (local.get $m)))))
        (local.set $w (i32.add (local.get $w) (i32.const 24)))
        (local.set $s (i32.add (local.get $s) (i32.const 4)))
        (local.set $m (i32.add (local.get $m) (i32.const 4)))
        (br_if $block (i32.lt_u (local.tee $q (i32.add (local.get $q) (i32.const 64))) (local.get $end))))
      (f32.store (local.get $y) (f32.add (call $sum (local.get $acc)) (local.get $least)))
      (local.set $y (i32.add (local.get $y) (i32.const 4)))
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  ;; The same for four vectors, one after the other: each block of weights is unpacked once. What
  ;; comes out for a vector lies `rows` numbers behind what comes out for the one before.
  (func (export "q4x4") (param $w i32) (param $rows i32) (param $blocks i32)
                        (param $xq i32) (param $xs i32) (param $xm i32) (param $y i32)
    (local $step i32) (local $left i32) (local $end i32) (local $dq i32) (local $ds i32)
    (local $q i32) (local $s i32) (local $m i32)
    (local $w0 v128) (local $w1 v128) (local $w2 v128) (local $w3 v128)
    (local $a0 v128) (local $a1 v128) (local $a2 v128) (local $a3 v128)
    (local $l0 f32) (local $l1 f32) (local $l2 f32) (local $l3 f32) (local $scale f32) (local $least f32)
    (local.set $dq (i32.shl (local.get $blocks) (i32.const 6)))
    (local.set $ds (i32.shl (local.get $blocks) (i32.const 2)))
    (local.set $step (i32.shl (local.get $rows) (i32.const 2)))
    (local.set $end (i32.add (local.get $xs) (local.get $ds)))
    (local.set $left (local.get $rows))
    (loop $row
      (local.set $a0 (v128.const f32x4 0 0 0 0))
      (local.set $a1 (local.get $a0))
      (local.set $a2 (local.get $a0))
      (local.set $a3 (local.get $a0))
      (local.set $l0 (f32.const 0))
      (local.set $l1 (f32.const 0))
      (local.set $l2 (f32.const 0))
      (local.set $l3 (f32.const 0))
      (local.set $q (local.get $xq))
      (local.set $s (local.get $xs))
      (local.set $m (local.get $xm))
      (loop $block
        (local.set $w2 (v128.load offset=8 (local.get $w)))
        (local.set $w0 (v128.and (local.get $w2) (v128.const i32x4 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f)))
        (local.set $w2 (i8x16.shr_u (local.get $w2) (i32.const 4)))
        (local.set $w1 (i16x8.extend_high_i8x16_u (local.get $w0)))
        (local.set $w0 (i16x8.extend_low_i8x16_u (local.get $w0)))
        (local.set $w3 (i16x8.extend_high_i8x16_u (local.get $w2)))
        (local.set $w2 (i16x8.extend_low_i8x16_u (local.get $w2)))
        (local.set $scale (f32.load (local.get $w)))
        (local.set $least (f32.load offset=4 (local.get $w)))
        (local.set $a0 (f32x4.add (local.get $a0) (f32x4.mul
          (f32x4.convert_i32x4_s (i32x4.add
            (i32x4.add (i32x4.dot_i16x8_s (local.get $w0) (v128.load (local.get $q)))
                       (i32x4.dot_i16x8_s (local.get $w1) (v128.load offset=16 (local.get $q))))
            (i32x4.add (i32x4.dot_i16x8_s (local.get $w2) (v128.load offset=32 (local.get $q)))
                       (i32x4.dot_i16x8_s (local.get $w3) (v128.load offset=48 (local.get $q))))))
          (f32x4.splat (f32.mul (local.get $scale) (f32.load (local.get $s)))))))
        (local.set $l0 (f32.add (local.get $l0) (f32.mul (local.get $least) (f32.load (local.get $m)))))
        (local.set $q (i32.add (local.get $q) (local.get $dq)))
        (local.set $s (i32.add (local.get $s) (local.get $ds)))
        (local.set $m (i32.add (local.get $m) (local.get $ds)))
        (local.set $a1 (f32x4.add (local.get $a1) (f32x4.mul
          (f32x4.convert_i32x4_s (i32x4.add
            (i32x4.add (i32x4.dot_i16x8_s (local.get $w0) (v128.load (local.get $q)))
                       (i32x4.dot_i16x8_s (local.get $w1) (v128.load offset=16 (local.get $q))))
            (i32x4.add (i32x4.dot_i16x8_s (local.get $w2) (v128.load offset=32 (local.get $q)))
                       (i32x4.dot_i16x8_s (local.get $w3) (v128.load offset=48 (local.get $q))))))
          (f32x4.splat (f32.mul (local.get $scale) (f32.load (local.get $s)))))))
        (local.set $l1 (f32.add (local.get $l1) (f32.mul (local.get $least) (f32.load (local.get $m)))))
        (local.set $q (i32.add (local.get $q) (local.get $dq)))
        (local.set $s (i32.add (local.get $s) (local.get $ds)))
        (local.set $m (i32.add (local.get $m) (local.get $ds)))
        (local.set $a2 (f32x4.add (local.get $a2) (f32x4.mul
          (f32x4.convert_i32x4_s (i32x4.add
            (i32x4.add (i32x4.dot_i16x8_s (local.get $w0) (v128.load (local.get $q)))
                       (i32x4.dot_i16x8_s (local.get $w1) (v128.load offset=16 (local.get $q))))
            (i32x4.add (i32x4.dot_i16x8_s (local.get $w2) (v128.load offset=32 (local.get $q)))
                       (i32x4.dot_i16x8_s (local.get $w3) (v128.load offset=48 (local.get $q))))))
          (f32x4.splat (f32.mul (local.get $scale) (f32.load (local.get $s)))))))
        (local.set $l2 (f32.add (local.get $l2) (f32.mul (local.get $least) (f32.load (local.get $m)))))
        (local.set $q (i32.add (local.get $q) (local.get $dq)))
        (local.set $s (i32.add (local.get $s) (local.get $ds)))
        (local.set $m (i32.add (local.get $m) (local.get $ds)))
        (local.set $a3 (f32x4.add (local.get $a3) (f32x4.mul
          (f32x4.convert_i32x4_s (i32x4.add
            (i32x4.add (i32x4.dot_i16x8_s (local.get $w0) (v128.load (local.get $q)))
                       (i32x4.dot_i16x8_s (local.get $w1) (v128.load offset=16 (local.get $q))))
            (i32x4.add (i32x4.dot_i16x8_s (local.get $w2) (v128.load offset=32 (local.get $q)))
                       (i32x4.dot_i16x8_s (local.get $w3) (v128.load offset=48 (local.get $q))))))
          (f32x4.splat (f32.mul (local.get $scale) (f32.load (local.get $s)))))))
        (local.set $l3 (f32.add (local.get $l3) (f32.mul (local.get $least) (f32.load (local.get $m)))))
        ;; back to the first vector, one block on
        (local.set $q (i32.add (i32.sub (local.get $q) (i32.mul (local.get $dq) (i32.const 3))) (i32.const 64)))
        (local.set $m (i32.add (i32.sub (local.get $m) (i32.mul (local.get $ds) (i32.const 3))) (i32.const 4)))
        (local.set $s (i32.add (i32.sub (local.get $s) (i32.mul (local.get $ds) (i32.const 3))) (i32.const 4)))
        (local.set $w (i32.add (local.get $w) (i32.const 24)))
        (br_if $block (i32.lt_u (local.get $s) (local.get $end))))
      (f32.store (local.get $y) (f32.add (call $sum (local.get $a0)) (local.get $l0)))
      (f32.store (i32.add (local.get $y) (local.get $step)) (f32.add (call $sum (local.get $a1)) (local.get $l1)))
      (f32.store (i32.add (local.get $y) (i32.mul (local.get $step) (i32.const 2)))
        (f32.add (call $sum (local.get $a2)) (local.get $l2)))
      (f32.store (i32.add (local.get $y) (i32.mul (local.get $step) (i32.const 3)))
        (f32.add (call $sum (local.get $a3)) (local.get $l3)))
      (local.set $y (i32.add (local.get $y) (i32.const 4)))
      (br_if $row (local.tee $left (i32.sub (local.get $left) (i32.const 1))))))

  ;; y = W x for one vector, eight bits a weight.
  (func (export "q8") (param $w i32) (param $rows i32) (param $blocks i32) (param $xq i32) (param $xs i32) (param $y i32)
    (local $end i32) (local $q i32) (local $s i32) (local $first v128) (local $second v128) (local $acc v128)
    (local.set $end (i32.add (local.get $xq) (i32.shl (local.get $blocks) (i32.const 6))))
    (loop $row
      (local.set $acc (v128.const f32x4 0 0 0 0))
      (local.set $q (local.get $xq))
      (local.set $s (local.get $xs))
      (loop $block
        (local.set $first (v128.load offset=4 (local.get $w)))
        (local.set $second (v128.load offset=20 (local.get $w)))
        (local.set $acc (f32x4.add (local.get $acc) (f32x4.mul
          (f32x4.convert_i32x4_s (i32x4.add
            (i32x4.add
              (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $first)) (v128.load (local.get $q)))
              (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $first)) (v128.load offset=16 (local.get $q))))
            (i32x4.add
              (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $second)) (v128.load offset=32 (local.get $q)))
              (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $second)) (v128.load offset=48 (local.get $q))))))
          (f32x4.splat (f32.mul (f32.load (local.get $w)) (f32.load (local.get $s)))))))
        (local.set $w (i32.add (local.get $w) (i32.const 36)))
        (local.set $s (i32.add (local.get $s) (i32.const 4)))
        (br_if $block (i32.lt_u (local.tee $q (i32.add (local.get $q) (i32.const 64))) (local.get $end))))
      (f32.store (local.get $y) (call $sum (local.get $acc)))
      (local.set $y (i32.add (local.get $y) (i32.const 4)))
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1)))))))
